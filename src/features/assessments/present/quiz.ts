import type { Render } from '#platform/rendered.ts';
import type { Question } from '../question.ts';
import { questionOf, type QuestionRow } from '../queries/questions.ts';
import type { LessonQuizRow, QuizRow } from '../queries/quizzes.ts';
import { roundTwo } from '../scoring.ts';

export type PresentedQuiz = LessonQuizRow & QuizRow;

/** Settings, what the quiz is worth, and where the enrolled caller stands. Never a question. */
export function presentQuiz(row: PresentedQuiz) {
  return {
    id: row.id,
    lessonId: row.lesson_id,
    courseId: row.course_id,
    passingPercent: row.passing_percent,
    maxAttempts: row.max_attempts,
    timeLimitSeconds: row.time_limit_seconds,
    shuffleQuestions: row.shuffle_questions,
    showResults: row.show_results,
    questionCount: row.question_count,
    maxScore: row.max_score,
    viewer: viewerOf(row),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

function viewerOf(row: PresentedQuiz) {
  if (row.own_enrollment_id === null || row.own_enrollment_status === 'withdrawn') return null;
  const isShown = row.show_results !== 'never';
  return {
    enrollmentId: row.own_enrollment_id,
    attemptsUsed: row.attempts_used,
    attemptsLeft: row.max_attempts === null ? null : Math.max(0, row.max_attempts - row.attempts_used),
    openAttemptId: row.open_attempt_id,
    bestPercent: isShown && row.best_percent !== null ? roundTwo(row.best_percent) : null,
    passed: isShown ? row.has_passed : null,
  };
}

/** A question for staff, answers included. */
export function presentQuestion(row: QuestionRow, render: Render) {
  const question = questionOf(row);
  const { prompt, explanation = null } = question;
  return {
    id: row.id,
    quizId: row.quiz_id,
    type: row.type,
    prompt,
    promptHtml: render(prompt),
    points: row.points,
    explanation,
    explanationHtml: explanation === null ? null : render(explanation),
    ...answersOf(question),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

function answersOf(question: Question) {
  switch (question.type) {
    case 'single':
      return { options: question.options.map(presentOption) };
    case 'multiple':
      return { options: question.options.map(presentOption), scoring: question.scoring };
    case 'trueFalse':
      return { answer: question.answer };
    case 'shortText': {
      const { answers, ignoreCase = true, ignoreAccents = false } = question;
      return { answers: [...answers], ignoreCase, ignoreAccents };
    }
    case 'numeric':
      return { answer: question.answer, tolerance: question.tolerance ?? 0 };
    case 'essay':
      return {};
  }
}

function presentOption({ id, text, isCorrect }: { id: string; text: string; isCorrect: boolean }) {
  return { id, text, isCorrect };
}
