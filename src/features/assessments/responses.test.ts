import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Question } from './question.ts';
import { MAX_RESPONSE_CHARACTERS, parseResponse } from './responses.ts';

const common = { id: 'q', prompt: 'Why?', points: 1 };
const options = ['a', 'b', 'c'].map((id) => ({ id, text: id, isCorrect: id === 'a' }));
const single: Question = { ...common, type: 'single', options };
const multiple: Question = { ...common, type: 'multiple', scoring: 'partial', options };
const trueFalse: Question = { ...common, type: 'trueFalse', answer: true };
const shortText: Question = { ...common, type: 'shortText', answers: ['x'] };
const numeric: Question = { ...common, type: 'numeric', answer: 1 };
const essay: Question = { ...common, type: 'essay' };

function codes(question: Question, response: unknown): (string | undefined)[][] {
  const parsed = parseResponse(question, response);
  return parsed.ok ? [] : parsed.reasons.map(({ path, code }) => [path, code]);
}

suite('a response', () => {
  test('of the right shape is taken as it is, null and nothing clear it', () => {
    const rows: [Question, unknown][] = [
      [single, 'b'],
      [multiple, ['c', 'a']],
      [multiple, []],
      [trueFalse, false],
      [shortText, ' x '],
      [numeric, -0.5],
      [essay, 'e'.repeat(MAX_RESPONSE_CHARACTERS)],
    ];
    for (const [question, response] of rows) {
      assert.deepEqual(parseResponse(question, response), { ok: true, response });
      assert.deepEqual(parseResponse(question, null), { ok: true, response: null });
      assert.deepEqual(parseResponse(question, undefined), { ok: true, response: null });
    }
  });

  test('of another type is refused, and nothing is coerced', () => {
    const rows: [Question, unknown[]][] = [
      [single, [1, ['a'], true, {}]],
      [multiple, ['a', [1], { 0: 'a' }, true]],
      [trueFalse, ['true', 1, 0, 'a', []]],
      [shortText, [1, true, ['x'], {}]],
      [numeric, ['1', Number.NaN, Number.POSITIVE_INFINITY, true, [1]]],
      [essay, [1, {}]],
    ];
    for (const [question, responses] of rows) {
      for (const response of responses) {
        assert.deepEqual(
          codes(question, response),
          [[undefined, 'wrong_type']],
          `${question.type} ${String(response)}`,
        );
      }
    }
  });

  test('names options that the question has, each once', () => {
    assert.deepEqual(codes(single, 'd'), [[undefined, 'unknown_option']]);
    assert.deepEqual(codes(multiple, ['a', 'd', 'a']), [
      ['/1', 'unknown_option'],
      ['/2', 'duplicate_option'],
    ]);
    assert.ok(
      codes(
        multiple,
        Array.from({ length: 100_000 }, () => 'a'),
      ).length <= 4,
    );
  });

  test('holds no more text than allowed, and none that PostgreSQL cannot store', () => {
    assert.deepEqual(codes(essay, 'e'.repeat(MAX_RESPONSE_CHARACTERS + 1)), [[undefined, 'too_long']]);
    assert.deepEqual(codes(shortText, 'a\0'), [[undefined, 'invalid_text']]);
    assert.deepEqual(codes(essay, '\ud83d'), [[undefined, 'invalid_text']]);
  });

  test('of any kind at all is taken or refused with reasons, never an error', () => {
    const questions = [single, multiple, trueFalse, shortText, numeric, essay];
    fc.assert(
      fc.property(fc.constantFrom(...questions), fc.anything(), (question, response) => {
        const parsed = parseResponse(question, response);
        assert.ok(parsed.ok || parsed.reasons.length > 0);
      }),
    );
  });
});
