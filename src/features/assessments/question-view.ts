import type { Question, QuestionResponse, QuestionType } from './question.ts';

/** What a learner sees of a question during an attempt. */
export type QuestionView = {
  id: string;
  type: QuestionType;
  prompt: string;
  points: number;
  options?: { id: string; text: string }[];
  scoring?: 'partial' | 'allOrNothing';
};

/** Names what may be seen, so that a field added to questions later stays unseen until it is named here. */
export function withoutAnswers(question: Question): QuestionView {
  const { id, type, prompt, points } = question;
  const view: QuestionView = { id, type, prompt, points };
  if (question.type === 'single' || question.type === 'multiple') {
    view.options = question.options.map((option) => ({ id: option.id, text: option.text }));
  }
  if (question.type === 'multiple') view.scoring = question.scoring;
  return view;
}

/** The right answer in the shape of a response; the first of alternatives; null for an essay, which has none. */
export function correctResponse(question: Question): QuestionResponse {
  switch (question.type) {
    case 'single':
      return question.options.find((option) => option.isCorrect)?.id ?? null;
    case 'multiple':
      return question.options.filter((option) => option.isCorrect).map((option) => option.id);
    case 'trueFalse':
    case 'numeric':
      return question.answer;
    case 'shortText':
      return question.answers[0] ?? null;
    case 'essay':
      return null;
  }
}
