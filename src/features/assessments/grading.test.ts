import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { gradeResponse } from './grading.ts';
import { correctResponse } from './question-view.ts';
import type { MultipleQuestion, NumericQuestion, Question, ShortTextQuestion } from './question.ts';

const common = { id: 'q', prompt: 'Why?', points: 2 };
const RIGHT = { points: 2, isCorrect: true };
const WRONG = { points: 0, isCorrect: false };

function options(...correct: boolean[]) {
  return correct.map((isCorrect, i) => ({ id: `o${i}`, text: `Option ${i}`, isCorrect }));
}

suite('choices', () => {
  test('single: the right option earns all points, another or an unknown one none', () => {
    const question: Question = { ...common, type: 'single', options: options(false, true, false) };
    assert.deepEqual(gradeResponse(question, 'o1'), RIGHT);
    assert.deepEqual(gradeResponse(question, 'o0'), WRONG);
    assert.deepEqual(gradeResponse(question, 'o9'), WRONG);
  });

  test('true or false: only the answer itself is right', () => {
    const question: Question = { ...common, type: 'trueFalse', answer: false };
    assert.deepEqual(gradeResponse(question, false), RIGHT);
    assert.deepEqual(gradeResponse(question, true), WRONG);
    assert.deepEqual(gradeResponse(question, 0), WRONG);
  });

  const multiple: MultipleQuestion = {
    ...common,
    type: 'multiple',
    scoring: 'partial',
    options: options(true, true, true, false, false),
  };

  test('multiple: each wrong choice takes away what a right one earned, and never more than there is', () => {
    assert.deepEqual(gradeResponse(multiple, ['o2', 'o0', 'o1']), RIGHT);
    assert.deepEqual(gradeResponse(multiple, ['o0', 'o1']), { points: 4 / 3, isCorrect: false });
    assert.deepEqual(gradeResponse(multiple, ['o0', 'o1', 'o3']), { points: 2 / 3, isCorrect: false });
    assert.deepEqual(gradeResponse(multiple, ['o0', 'o3', 'o4']), WRONG);
    assert.deepEqual(gradeResponse(multiple, ['o0', 'o1', 'o2', 'o3', 'o4']), {
      points: 2 / 3,
      isCorrect: false,
    });
    assert.deepEqual(gradeResponse(multiple, []), WRONG);
  });

  test('multiple, all or nothing: only the exact set counts', () => {
    const strict: MultipleQuestion = { ...multiple, scoring: 'allOrNothing' };
    assert.deepEqual(gradeResponse(strict, ['o0', 'o1', 'o2']), RIGHT);
    assert.deepEqual(gradeResponse(strict, ['o0', 'o1']), WRONG);
    assert.deepEqual(gradeResponse(strict, ['o0', 'o1', 'o2', 'o3']), WRONG);
  });

  test('multiple without a right option: choosing none is right, no answer is not', () => {
    const none: MultipleQuestion = { ...multiple, options: options(false, false) };
    assert.deepEqual(gradeResponse(none, []), RIGHT);
    assert.deepEqual(gradeResponse(none, ['o0']), WRONG);
    assert.deepEqual(gradeResponse(none, null), WRONG);
  });

  test('multiple: follows the formula, within 0 and the points, in any order, repeats or not', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 12 }), (rows) => {
        fc.pre(rows.some(([isCorrect]) => isCorrect));
        const question = { ...multiple, options: options(...rows.map(([isCorrect]) => isCorrect)) };
        const chosen = rows.flatMap(([, isChosen], i) => (isChosen ? [`o${i}`] : []));
        const right = rows.filter(([isCorrect]) => isCorrect).length;
        const net = rows.reduce(
          (sum, [isCorrect, isChosen]) => sum + (isChosen ? (isCorrect ? 1 : -1) : 0),
          0,
        );
        const grade = gradeResponse(question, chosen);
        assert.ok(Math.abs((grade.points ?? -1) - (2 * Math.max(0, net)) / right) < 1e-12);
        assert.equal(grade.isCorrect, grade.points === 2);
        assert.deepEqual(gradeResponse(question, [...chosen.toReversed(), ...chosen]), grade);
      }),
    );
  });
});

suite('short text', () => {
  const isRight = (answers: string[], response: string, more: Partial<ShortTextQuestion> = {}) =>
    gradeResponse({ ...common, type: 'shortText', answers, ...more }, response).isCorrect;

  test('every alternative is right; case, outer spaces and composition do not count', () => {
    assert.deepEqual(
      gradeResponse({ ...common, type: 'shortText', answers: ['Paris'] }, '\u00a0 pARIS\t\n'),
      RIGHT,
    );
    assert.equal(isRight(['Rome', 'Roma'], 'ROMA'), true);
    assert.equal(isRight(['Café'], 'cafe\u0301'), true);
    assert.equal(isRight(['باريس'], '\u200fباريس\u200e'), true);
    assert.equal(isRight(['Straße'], 'STRASSE'), true);
    assert.equal(isRight(['Isparta'], 'ısparta'), true);
    assert.equal(isRight(['New York'], 'new \u00a0 york'), true);
    assert.equal(isRight(['１２ｋｍ'], '12km'), true);
    assert.equal(isRight(['ガラス'], 'ｶﾞﾗｽ'), true);
  });

  test('accents count unless they are ignored, case likewise', () => {
    assert.equal(isRight(['café'], 'cafe'), false);
    assert.equal(isRight(['café'], 'CAFE', { ignoreAccents: true }), true);
    assert.equal(isRight(['مُحَمَّد'], 'محمد', { ignoreAccents: true }), true);
    assert.equal(isRight(['مُحَمَّد'], 'محمد'), false);
    assert.equal(isRight(['Straße'], 'Strasse', { ignoreAccents: true, ignoreCase: false }), true);
    assert.equal(isRight(['がく'], 'かく', { ignoreAccents: true }), false);
    assert.equal(isRight(['NaCl'], 'nacl', { ignoreCase: false }), false);
    assert.equal(isRight(['NaCl'], 'NaCl ', { ignoreCase: false }), true);
  });

  test('inner spaces, other words and superscripts count; nothing is never right', () => {
    assert.equal(isRight(['New York'], 'NewYork'), false);
    assert.equal(isRight(['m²'], 'm2'), false);
    assert.equal(isRight(['', ' '], ''), false);
    assert.equal(isRight(['\u200b'], ' \u200b'), false);
  });

  test('an answer is right for itself, padded, in any case and composition', () => {
    const pad = fc.constantFrom('', ' ', '\n', '\u3000', '\u200f');
    const visible = fc.string({ unit: 'grapheme' }).filter((text) => /[\p{L}\p{N}]/u.test(text));
    fc.assert(
      fc.property(
        visible,
        pad,
        fc.constantFrom('NFC', 'NFD'),
        fc.boolean(),
        (text, space, form, ignoreAccents) => {
          assert.equal(isRight([text], space + text.normalize(form) + space, { ignoreAccents }), true);
          assert.equal(isRight([text], text.toUpperCase()), true);
        },
      ),
    );
  });
});

suite('numbers', () => {
  const isRight = (answer: number, response: number, tolerance?: number) =>
    gradeResponse({ ...common, type: 'numeric', answer, tolerance } satisfies NumericQuestion, response)
      .isCorrect;

  test('the tolerance is absolute and inclusive, in decimals and not in binary', () => {
    assert.equal(isRight(0.3, 0.1 + 0.2), true);
    assert.equal(isRight(0.3, 0.4, 0.1), true);
    assert.equal(isRight(0.3, 0.2, 0.1), true);
    assert.equal(isRight(0.3, 0.400001, 0.1), false);
    assert.equal(isRight(1.1, 1.2, 0.1), true);
    assert.equal(isRight(-5, 5, 10), true);
    assert.equal(isRight(-5, 5.01, 10), false);
    assert.equal(isRight(0, -0), true);
  });

  test('whole numbers are exact, the largest and smallest harmless', () => {
    assert.equal(isRight(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1), false);
    assert.equal(isRight(1e12, 1e12 + 1), false);
    assert.equal(isRight(5e-324, 0), false);
    assert.equal(isRight(1.7e308, -1.7e308), false);
    assert.equal(isRight(6.02214076e23, 6.02214076e23), true);
    for (const wild of [Number.NaN, Number.POSITIVE_INFINITY]) assert.equal(isRight(1, wild, 1), false);
  });

  test('agrees with arithmetic on whole thousandths', () => {
    const thousandths = fc.integer({ min: -50_000, max: 50_000 });
    fc.assert(
      fc.property(thousandths, thousandths, fc.nat(50_000), (answer, response, tolerance) => {
        const expected = Math.abs(answer - response) <= tolerance;
        assert.equal(isRight(answer / 1000, response / 1000, tolerance / 1000), expected);
        assert.equal(isRight(answer / 1000, (answer + tolerance) / 1000, tolerance / 1000), true);
      }),
    );
  });
});

suite('every type', () => {
  const questions: Question[] = [
    { ...common, type: 'single', options: options(false, true) },
    { ...common, type: 'multiple', scoring: 'partial', options: options(true, false, true) },
    { ...common, type: 'trueFalse', answer: true },
    { ...common, type: 'shortText', answers: ['Yes', 'Sure'] },
    { ...common, type: 'numeric', answer: 4.2 },
    { ...common, type: 'essay' },
  ];

  test('no response earns no points and waits for nobody', () => {
    for (const question of questions) {
      assert.deepEqual(gradeResponse(question, null), WRONG, question.type);
      assert.deepEqual(gradeResponse(question, undefined), WRONG, question.type);
    }
  });

  test('an essay waits for a grader, a blank one does not', () => {
    const essay: Question = { ...common, type: 'essay' };
    assert.deepEqual(gradeResponse(essay, 'Because.'), { points: null, isCorrect: null });
    assert.deepEqual(gradeResponse(essay, ' \n\u200b'), WRONG);
  });

  test('the right response earns all points', () => {
    for (const question of questions.filter(({ type }) => type !== 'essay')) {
      assert.deepEqual(gradeResponse(question, correctResponse(question)), RIGHT, question.type);
    }
  });

  test('a response of another shape is wrong, never an error', () => {
    const response = fc.oneof(fc.string(), fc.array(fc.string()), fc.boolean(), fc.double());
    fc.assert(
      fc.property(fc.constantFrom(...questions), response, (question, value) => {
        const { points } = gradeResponse(question, value);
        assert.ok(points === null ? question.type === 'essay' : points >= 0 && points <= question.points);
      }),
    );
  });
});
