import { gradeResponse } from './grading.ts';
import type { QuestionResponse } from './question.ts';
import { scoreAttempt } from './scoring.ts';
import type { SnapshotQuestion } from './snapshot.ts';

/** What is stored for one question of an attempt. Points are unrounded; null until graded. */
export type StoredAnswer = {
  questionId: string;
  response: QuestionResponse;
  revision: number | null;
  points: number | null;
  isCorrect: boolean | null;
  feedback: string | null;
};

/** The columns of an attempt that its grade decides. */
export type AttemptGrade = {
  status: 'needsGrading' | 'graded';
  score: number;
  percent: number;
  passed: boolean | null;
};

type Graded = { answers: StoredAnswer[]; grade: AttemptGrade };

/** Grades every question of an attempt that is being submitted, those without an answer too. */
export function gradeSubmission(
  questions: readonly SnapshotQuestion[],
  stored: readonly StoredAnswer[],
  passingPercent: number,
): Graded {
  const byQuestion = new Map(stored.map((answer) => [answer.questionId, answer]));
  const answers = questions.map((question) => {
    const { response = null, revision = null } = byQuestion.get(question.id) ?? {};
    return {
      questionId: question.id,
      response,
      revision,
      feedback: null,
      ...gradeResponse(question, response),
    };
  });
  return { answers, grade: sumUp(questions, answers, passingPercent) };
}

/** The grade that follows from the points as they stand. */
export function sumUp(
  questions: readonly SnapshotQuestion[],
  answers: readonly StoredAnswer[],
  passingPercent: number,
): AttemptGrade {
  const points = new Map(answers.map((answer) => [answer.questionId, answer.points]));
  const results = questions.map(({ id, points: maxPoints }) => ({
    points: points.get(id) ?? null,
    maxPoints,
  }));
  const { needsGrading, score, percent, passed } = scoreAttempt(results, passingPercent);
  return { status: needsGrading ? 'needsGrading' : 'graded', score, percent, passed };
}
