import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Question } from './question.ts';
import { correctResponse, withoutAnswers } from './question-view.ts';

/** Marked, so that a secret is recognised wherever it turns up. */
const secret = fc.uuid().map((id) => `secret-${id}`);
const secretNumber = fc.integer({ min: 1_000_000_000, max: 2_000_000_000 }).map((n) => n + 0.625);
const common = { id: fc.uuid(), prompt: fc.string(), points: fc.nat(100), explanation: secret };
const options = fc.array(
  fc.record({ id: fc.uuid(), text: fc.string(), isCorrect: fc.boolean(), feedback: secret }),
);

const question: fc.Arbitrary<Question> = fc.oneof(
  fc.record({ ...common, type: fc.constant('single' as const), options }),
  fc.record({
    ...common,
    type: fc.constant('multiple' as const),
    options,
    scoring: fc.constantFrom('partial' as const, 'allOrNothing' as const),
  }),
  fc.record({ ...common, type: fc.constant('trueFalse' as const), answer: fc.boolean() }),
  fc.record({
    ...common,
    type: fc.constant('shortText' as const),
    answers: fc.array(secret, { minLength: 1 }),
  }),
  fc.record({
    ...common,
    type: fc.constant('numeric' as const),
    answer: secretNumber,
    tolerance: secretNumber,
  }),
  fc.record({ ...common, type: fc.constant('essay' as const), rubric: secret }),
);

suite('what a learner sees of a question', () => {
  test('holds nothing of its answers, nor of a field that nobody has allowed', () => {
    fc.assert(
      fc.property(question, (full) => {
        const json = JSON.stringify(withoutAnswers(full));
        const numbers = full.type === 'numeric' ? [full.answer, full.tolerance] : [];
        assert.ok(!json.includes('secret-'), json);
        for (const number of numbers) assert.ok(!json.includes(String(number)), json);
      }),
    );
  });

  test('is the same whatever the answers are', () => {
    fc.assert(
      fc.property(question, (full) => {
        const other: Question =
          full.type === 'single' || full.type === 'multiple'
            ? {
                ...full,
                options: full.options.map((option) => ({ ...option, isCorrect: !option.isCorrect })),
              }
            : full.type === 'trueFalse'
              ? { ...full, answer: !full.answer }
              : { ...full, explanation: null };
        assert.deepEqual(withoutAnswers(other), withoutAnswers(full));
      }),
    );
  });

  test('is all that is needed to answer', () => {
    const options = [
      { id: 'a', text: 'One', isCorrect: true },
      { id: 'b', text: 'Two', isCorrect: false },
    ];
    assert.deepEqual(
      withoutAnswers({ id: 'q', type: 'multiple', prompt: 'Which?', points: 2, scoring: 'partial', options }),
      {
        id: 'q',
        type: 'multiple',
        prompt: 'Which?',
        points: 2,
        scoring: 'partial',
        options: [
          { id: 'a', text: 'One' },
          { id: 'b', text: 'Two' },
        ],
      },
    );
  });
});

suite('the right response', () => {
  test('has the shape of a response, and an essay has none', () => {
    const common = { id: 'q', prompt: 'Which?', points: 2 };
    const options = [false, true, true].map((isCorrect, i) => ({ id: `o${i}`, text: 'x', isCorrect }));
    assert.equal(correctResponse({ ...common, type: 'single', options }), 'o1');
    assert.deepEqual(correctResponse({ ...common, type: 'multiple', scoring: 'partial', options }), [
      'o1',
      'o2',
    ]);
    assert.equal(correctResponse({ ...common, type: 'trueFalse', answer: false }), false);
    assert.equal(correctResponse({ ...common, type: 'shortText', answers: ['Yes', 'Sure'] }), 'Yes');
    assert.equal(correctResponse({ ...common, type: 'numeric', answer: 0 }), 0);
    assert.equal(correctResponse({ ...common, type: 'essay' }), null);
  });
});
