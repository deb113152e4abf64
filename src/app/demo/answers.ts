import { correctResponse } from '#features/assessments/question-view.ts';
import type { Question } from '#features/assessments/question.ts';
import type { AnswerInput } from '#features/assessments/schemas/attempts.ts';
import type { SnapshotQuestion } from '#features/assessments/snapshot.ts';
import type { DemoEnrollment, DemoQuestion, DemoQuiz } from './content/types.ts';

/** Who answers, and which of the quiz's questions wrongly. */
export type Sitting = { enrollment: DemoEnrollment; wrong: ReadonlySet<DemoQuestion> };

type Response = AnswerInput['response'];

/** The questions that are missed on the way to passing: the last ones, without the essays. */
export function missedWhenPassing(quiz: DemoQuiz, mistakes: number): Set<DemoQuestion> {
  const automatic = quiz.questions.filter((question) => question.type !== 'essay');
  return new Set(automatic.slice(automatic.length - mistakes));
}

/**
 * The questions that are missed by those who fail: of the last attempt just too many, of each one before it one more.
 * `triesAfter`: attempts that follow this one.
 */
export function missedWhenFailing(
  { questions, passingPercent }: DemoQuiz,
  triesAfter: number,
): Set<DemoQuestion> {
  const total = pointsOf(questions);
  const passes = (count: number) => (100 * pointsOf(questions.slice(0, count))) / total >= passingPercent;
  let right = questions.length;
  while (right > 0 && passes(right)) right--;
  return new Set(questions.slice(Math.max(0, right - triesAfter)));
}

function pointsOf(questions: readonly DemoQuestion[]): number {
  return questions.reduce((sum, { points }) => sum + points, 0);
}

/** An answer to each question of an attempt. `writtenAs` tells what a question of the quiz was in the content. */
export function answersOf(
  questions: readonly SnapshotQuestion[],
  writtenAs: (questionId: string) => DemoQuestion,
  { enrollment, wrong }: Sitting,
): AnswerInput[] {
  return questions.map((question) => {
    const written = writtenAs(question.sourceId);
    const response = wrong.has(written)
      ? wrongResponse(question)
      : (ownWords(enrollment, written.key) ?? (correctResponse(question) as Response));
    return { questionId: question.id, response };
  });
}

/** What this learner wrote, where the content says so. */
function ownWords(
  { essays = [], shortTexts = {} }: DemoEnrollment,
  key: string | undefined,
): string | undefined {
  if (key === undefined) return undefined;
  return shortTexts[key] ?? essays.find(({ question }) => question === key)?.text;
}

/** Earns nothing, also where a part of the right answer earns a part of the points. */
function wrongResponse(question: Question): Response {
  switch (question.type) {
    case 'single':
      return question.options.find((option) => !option.isCorrect)?.id ?? null;
    case 'multiple':
      return question.options.filter((option) => !option.isCorrect).map((option) => option.id);
    case 'trueFalse':
      return !question.answer;
    case 'numeric':
      return question.answer + 2 * (question.tolerance ?? 0) + 1;
    case 'shortText':
      return '?';
    case 'essay':
      return null;
  }
}
