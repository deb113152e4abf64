import type { Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict } from '#platform/errors.ts';
import { draftQuestion } from '../question-draft.ts';
import { countQuestions, insertQuestion, type QuestionRow } from '../queries/questions.ts';
import { maxQuestions, type NewQuestionInput } from '../schemas/questions.ts';
import { authorQuiz } from './author-quiz.ts';

/** Adds a question at the end. 400, 403, 404, 409 `quiz_full`. */
export function addQuestion(
  deps: Deps,
  actor: Actor,
  quizId: string,
  input: NewQuestionInput,
): Promise<QuestionRow> {
  return authorQuiz(deps, actor, { quizId }, async (tx, quiz, now) => {
    const question = draftQuestion(input);
    const { count } = await countQuestions(tx, quiz.id);
    if (count >= maxQuestions) {
      const message = `A quiz has at most ${maxQuestions} questions.`;
      const reason = { code: 'too_many_questions', params: { max: maxQuestions }, message };
      throw conflict('quiz_full', message, [reason]);
    }
    return insertQuestion(tx, quiz.id, question, now);
  });
}
