import type { Render } from '#platform/rendered.ts';
import { gradeSubmission, type StoredAnswer } from '../attempt-grade.ts';
import { isOverdue, secondsLeft } from '../deadline.ts';
import { shownTo, type AttemptReader, type Shown } from '../policy.ts';
import { correctResponse, withoutAnswers } from '../question-view.ts';
import type { AttemptListRow } from '../queries/attempt-lists.ts';
import type { AttemptSummaryRow, AttemptWithAnswers } from '../queries/attempts.ts';
import { roundTwo } from '../scoring.ts';
import type { SnapshotQuestion } from '../snapshot.ts';

type Presenting = { reader: AttemptReader; now: Date; render: Render };

/**
 * An attempt as its reader may see it now. One that is overdue is shown as the clock's job will leave it, whether or
 * not the job came by yet: the outcome depends on what is stored alone.
 */
export function presentAttempt(stored: AttemptWithAnswers, { reader, now, render }: Presenting) {
  const attempt = isOverdue(stored, now) ? submittedByClock(stored) : stored;
  const shown = shownTo(reader, attempt.show_results, attempt);
  const maySeeQuestions = reader === 'staff' || attempt.enrollment_status !== 'withdrawn';
  const hasQuestions = maySeeQuestions && (attempt.status === 'inProgress' || shown.answers);
  return {
    ...summaryOf(attempt, shown, now),
    ...(hasQuestions && { questions: questionsOf(attempt, shown, render) }),
  };
}

/** An attempt in a list: for staff with its person. */
export function presentAttemptItem(row: AttemptListRow, reader: AttemptReader, now: Date) {
  return {
    ...summaryOf(row, shownTo(reader, row.show_results, row), now),
    lesson: { id: row.lesson_id, title: row.lesson_title },
    ...(reader === 'staff' && { user: { id: row.user_id, name: row.user_name } }),
  };
}

/** What counts as saved, for a player to compare with. */
export function presentSavedAnswers(attempt: AttemptSummaryRow, answers: readonly StoredAnswer[], now: Date) {
  return {
    attemptId: attempt.id,
    status: attempt.status,
    expiresAt: attempt.expires_at?.toISOString() ?? null,
    secondsLeft: secondsLeft(attempt, now),
    answers: answers.map(({ questionId, response, revision }) => ({ questionId, response, revision })),
  };
}

function submittedByClock(stored: AttemptWithAnswers): AttemptWithAnswers {
  const { grade, answers } = gradeSubmission(stored.questions, stored.answers, stored.passing_percent);
  const submitted = { submitted_at: stored.expires_at, submitted_by: 'clock' as const };
  return { ...stored, ...grade, ...submitted, answers };
}

function summaryOf(attempt: AttemptSummaryRow, shown: Shown, now: Date) {
  const { score, percent, passed } = attempt;
  return {
    id: attempt.id,
    quizId: attempt.quiz_id,
    lessonId: attempt.lesson_id,
    courseId: attempt.course_id,
    enrollmentId: attempt.enrollment_id,
    userId: attempt.user_id,
    number: attempt.number,
    status: attempt.status,
    startedAt: attempt.started_at.toISOString(),
    expiresAt: attempt.expires_at?.toISOString() ?? null,
    secondsLeft: secondsLeft(attempt, now),
    submittedAt: attempt.submitted_at?.toISOString() ?? null,
    submittedBy: attempt.submitted_by,
    gradedAt: attempt.graded_at?.toISOString() ?? null,
    score: shown.score && score !== null ? roundTwo(score) : null,
    maxScore: attempt.max_score,
    percent: shown.score && percent !== null ? roundTwo(percent) : null,
    passed: shown.score ? passed : null,
    passingPercent: attempt.passing_percent,
  };
}

function questionsOf(attempt: AttemptWithAnswers, shown: Shown, render: Render) {
  const byQuestion = new Map(attempt.answers.map((answer) => [answer.questionId, answer]));
  return attempt.questions.map((question) => {
    const answer = byQuestion.get(question.id);
    const { points: maxPoints, ...view } = withoutAnswers(question);
    return {
      ...view,
      promptHtml: render(view.prompt),
      maxPoints,
      response: answer?.response ?? null,
      revision: answer?.revision ?? null,
      ...(shown.answers && resultOf(question, answer, render)),
    };
  });
}

function resultOf(question: SnapshotQuestion, answer: StoredAnswer | undefined, render: Render) {
  const { points = null, isCorrect = null, feedback = null } = answer ?? {};
  const { explanation = null } = question;
  return {
    points: points === null ? null : roundTwo(points),
    isCorrect,
    feedback,
    feedbackHtml: feedback === null ? null : render(feedback),
    correctResponse: correctResponse(question),
    explanation,
    explanationHtml: explanation === null ? null : render(explanation),
  };
}
