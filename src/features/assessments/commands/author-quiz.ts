import { setLessonReady } from '#features/courses/commands/set-lesson-ready.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { refusalOfQuiz } from '../policy.ts';
import { findQuizContext, getReadiness, type QuizContextRow } from '../queries/quizzes.ts';
import { standingOf } from '../queries/standing.ts';

export type AuthoredQuiz = { quizId: string } | { questionId: string };

/**
 * Changes the questions of a quiz, one change at a time, and then whether its lesson is ready: with a question that
 * is worth points it is. 403, 404, 409 `quiz_empty` where the change would take the lesson out of what is published.
 */
export function authorQuiz<T>(
  deps: Deps,
  actor: Actor,
  of: AuthoredQuiz,
  change: (tx: Tx, quiz: QuizContextRow, now: Date) => Promise<T>,
): Promise<T> {
  return inTransaction(deps.db, async (tx) => {
    const quiz = await findQuizContext(tx, { ...of, actorId: actor.userId }, { isLocked: true });
    if (!quiz) throw notFound('quizId' in of ? 'Quiz' : 'Question');
    const lesson = { isPreview: quiz.is_preview, isReady: quiz.is_ready };
    const refusal = refusalOfQuiz(actor, 'course.edit', standingOf(quiz), lesson);
    if (refusal) throw refusal;
    const result = await change(tx, quiz, deps.clock.now());
    await settleReadiness(deps, tx, quiz, actor);
    return result;
  });
}

async function settleReadiness(deps: Deps, tx: Tx, quiz: QuizContextRow, actor: Actor): Promise<void> {
  // Read now: what came with the quiz's lock is of before the wait for it.
  const { hasPoints, isReady, isPublished } = await getReadiness(tx, quiz.id);
  if (hasPoints === isReady) return;
  if (!hasPoints && isPublished) {
    const message = 'A published course needs a question worth points in each of its quizzes.';
    throw conflict('quiz_empty', message);
  }
  await setLessonReady(deps, tx, { lessonId: quiz.lesson_id, isReady: hasPoints, actorId: actor.userId });
}
