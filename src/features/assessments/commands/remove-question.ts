import type { Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { findQuestion, removeQuestionRow } from '../queries/questions.ts';
import { authorQuiz } from './author-quiz.ts';

/** Takes a question out of its quiz; attempts keep theirs. 403, 404, 409 `quiz_empty`, 412. */
export function removeQuestion(
  deps: Deps,
  actor: Actor,
  questionId: string,
  versions: number[] | null,
): Promise<void> {
  return authorQuiz(deps, actor, { questionId }, async (tx, _quiz, now) => {
    const stored = await findQuestion(tx, questionId);
    if (!stored) throw notFound('Question');
    requireVersion(versions, stored.version);
    await removeQuestionRow(tx, questionId, now);
  });
}
