import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { demoAcademy } from './academy.ts';
import { lessonsOf } from './stages.ts';
import type { DemoQuestion } from './types.ts';

const quizzes = demoAcademy.courses
  .flatMap(lessonsOf)
  .flatMap((lesson) => (lesson.type === 'quiz' && lesson.quiz ? [lesson.quiz] : []));
const questions = quizzes.flatMap((quiz) => quiz.questions);

const assertDistinct = (values: string[]): void =>
  assert.equal(new Set(values).size, values.length, values.join());

function assertAnswerable(question: DemoQuestion): void {
  assert.ok(question.points > 0, question.prompt);
  assert.ok(question.explanation, question.prompt);
  switch (question.type) {
    case 'single':
    case 'multiple': {
      const right = question.options.filter((option) => option.isCorrect).length;
      assert.ok(question.options.length >= 3, question.prompt);
      assert.ok(question.type === 'single' ? right === 1 : right >= 2, question.prompt);
      assert.ok(right < question.options.length, `${question.prompt}: no wrong option`);
      assertDistinct(question.options.map((option) => option.text));
      return;
    }
    case 'shortText':
      assert.ok(question.key, `${question.prompt}: no key`);
      assert.ok(question.answers.length >= 2, question.prompt);
      assertDistinct(question.answers);
      return;
    case 'numeric':
      assert.ok(Number.isFinite(question.answer) && (question.tolerance ?? 0) >= 0, question.prompt);
      return;
    case 'essay':
      assert.ok(question.key, `${question.prompt}: no key`);
      return;
    case 'trueFalse':
      return;
  }
}

suite("the demo academy's quizzes", () => {
  test('can be answered: every question has right and wrong answers of its type, and an explanation', () => {
    for (const question of questions) assertAnswerable(question);
  });

  test('show every question type, scoring, folding and way of showing results', () => {
    assert.deepEqual(
      new Set(questions.map((question) => question.type)),
      new Set(['single', 'multiple', 'trueFalse', 'shortText', 'numeric', 'essay']),
    );
    assert.deepEqual(
      new Set(quizzes.map((quiz) => quiz.showResults)),
      new Set(['never', 'score', 'afterPass', 'afterSubmission']),
    );
    const has = (matches: (question: DemoQuestion) => boolean) =>
      assert.ok(questions.some(matches), String(matches));
    has((question) => question.type === 'multiple' && question.scoring === 'partial');
    has((question) => question.type === 'multiple' && question.scoring === 'allOrNothing');
    has((question) => question.type === 'shortText' && question.ignoreAccents === true);
    has((question) => question.type === 'shortText' && question.ignoreCase === true);
    has((question) => question.type === 'numeric' && (question.tolerance ?? 0) > 0);
  });

  test('have a pass mark within reach, and some a time limit, an attempt limit and shuffling', () => {
    for (const quiz of quizzes) {
      assert.ok(quiz.passingPercent > 0 && quiz.passingPercent <= 100);
      assert.ok(quiz.questions.length >= 3);
      assert.ok(quiz.maxAttempts === undefined || quiz.maxAttempts >= 1);
      assert.ok(quiz.timeLimitSeconds === undefined || quiz.timeLimitSeconds >= 300);
    }
    for (const setting of ['timeLimitSeconds', 'maxAttempts', 'shuffleQuestions'] as const) {
      const using = quizzes.filter((quiz) => quiz[setting] !== undefined).length;
      assert.ok(using > 0 && using < quizzes.length, setting);
    }
  });
});
