import type { Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { patchQuestion } from '../question-draft.ts';
import {
  findQuestion,
  questionOf,
  updateQuestion as update,
  type QuestionRow,
} from '../queries/questions.ts';
import type { QuestionPatch } from '../schemas/questions.ts';
import { authorQuiz } from './author-quiz.ts';

/** Changes a question for attempts to come. 400, 403, 404, 409 `quiz_empty`, 412. */
export function updateQuestion(
  deps: Deps,
  actor: Actor,
  questionId: string,
  patch: QuestionPatch,
  versions: number[] | null,
): Promise<QuestionRow> {
  return authorQuiz(deps, actor, { questionId }, async (tx, _quiz, now) => {
    // Read after the quiz is locked: another change may have been at work while this one waited.
    const stored = await findQuestion(tx, questionId);
    if (!stored) throw notFound('Question');
    requireVersion(versions, stored.version);
    return update(tx, patchQuestion(questionOf(stored), patch), now);
  });
}
