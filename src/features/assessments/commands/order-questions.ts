import type { Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict } from '#platform/errors.ts';
import { listQuestions, orderQuestionRows, type QuestionRow } from '../queries/questions.ts';
import { authorQuiz } from './author-quiz.ts';

/** Orders the questions; the list names each exactly once. 403, 404, 409 `questions_changed`. */
export function orderQuestions(
  deps: Deps,
  actor: Actor,
  quizId: string,
  questionIds: readonly string[],
): Promise<QuestionRow[]> {
  return authorQuiz(deps, actor, { quizId }, async (tx, quiz) => {
    const questions = await listQuestions(tx, quiz.id);
    const byId = new Map(questions.map((question) => [question.id, question]));
    // Ids may be written in capitals.
    const wanted = questionIds.map((id) => id.toLowerCase());
    const isWhole = wanted.length === byId.size && new Set(wanted).size === wanted.length;
    if (!isWhole || !wanted.every((id) => byId.has(id))) {
      const message =
        'The list must name every question of the quiz exactly once. Read them again, then repeat.';
      throw conflict('questions_changed', message);
    }
    await orderQuestionRows(tx, wanted);
    return wanted.flatMap((id) => byId.get(id) ?? []);
  });
}
