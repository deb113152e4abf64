import { invalid, type Reason } from '#platform/errors.ts';
import type { StoredAnswer } from './attempt-grade.ts';
import { reasonsOfPoints } from './question-draft.ts';
import type { AnswerToSave } from './queries/attempts.ts';
import { parseResponse } from './responses.ts';
import type { AnswerInput, GradesInput } from './schemas/attempts.ts';
import type { SnapshotQuestion } from './snapshot.ts';

/** Answers that fit the attempt's questions. Throws 400 with a reason for each that does not. */
export function parseAnswers(
  questions: readonly SnapshotQuestion[],
  inputs: readonly AnswerInput[],
): AnswerToSave[] {
  const found = questionsNamed(questions, inputs, 'answers');
  const errors: Reason[] = [...found.reasons];
  const answers = inputs.flatMap(({ response, revision = null }, index) => {
    const question = found.questions[index];
    if (!question) return [];
    const parsed = parseResponse(question, response);
    if (parsed.ok) return [{ questionId: question.id, response: parsed.response, revision }];
    errors.push(
      ...parsed.reasons.map((reason) => ({
        ...reason,
        path: `/answers/${index}/response${reason.path ?? ''}`,
      })),
    );
    return [];
  });
  if (errors.length > 0) throw invalid('The answers do not fit the questions.', errors);
  return answers;
}

/**
 * What the grades make of the stored answers: those named, with their new points. Feedback that is left out stays.
 * Throws 400 with a reason for each grade that does not fit.
 */
export function parseGrades(
  questions: readonly SnapshotQuestion[],
  stored: readonly StoredAnswer[],
  inputs: GradesInput,
): StoredAnswer[] {
  const found = questionsNamed(questions, inputs, 'grades');
  const errors: Reason[] = [...found.reasons];
  const byQuestion = new Map(stored.map((answer) => [answer.questionId, answer]));
  const graded = inputs.flatMap(({ points, feedback }, index) => {
    const question = found.questions[index];
    if (!question) return [];
    const path = `/grades/${index}/points`;
    errors.push(...reasonsOfPoints(points, path), ...reasonsOfTooMany(points, question.points, path));
    const before = byQuestion.get(question.id) ?? unanswered(question.id);
    const isCorrect = points === question.points;
    return [{ ...before, points, isCorrect, feedback: feedback === undefined ? before.feedback : feedback }];
  });
  if (errors.length > 0) throw invalid('The grades do not fit the questions.', errors);
  return graded;
}

function questionsNamed(
  questions: readonly SnapshotQuestion[],
  inputs: readonly { questionId: string }[],
  list: string,
): { questions: (SnapshotQuestion | undefined)[]; reasons: Reason[] } {
  const byId = new Map(questions.map((question) => [question.id, question]));
  const ids = inputs.map(({ questionId }) => questionId.toLowerCase());
  const reasons = ids.flatMap((id, index) => {
    const path = `/${list}/${index}/questionId`;
    if (!byId.has(id)) {
      return [{ path, code: 'unknown_question', message: 'The attempt has no question with this id.' }];
    }
    if (ids.indexOf(id) === index) return [];
    return [{ path, code: 'duplicate_question', message: 'The question is named more than once.' }];
  });
  return { questions: ids.map((id) => byId.get(id)), reasons };
}

function reasonsOfTooMany(points: number, maxPoints: number, path: string): Reason[] {
  if (points <= maxPoints) return [];
  return [{ path, code: 'too_many_points', params: { maxPoints }, message: `At most ${maxPoints} points.` }];
}

function unanswered(questionId: string): StoredAnswer {
  return { questionId, response: null, revision: null, points: null, isCorrect: null, feedback: null };
}
