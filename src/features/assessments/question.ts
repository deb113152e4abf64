/** A question with its answers, as authored and as an attempt's snapshot keeps it. */
export type Question =
  | SingleQuestion
  | MultipleQuestion
  | TrueFalseQuestion
  | ShortTextQuestion
  | NumericQuestion
  | EssayQuestion;

export type QuestionType = Question['type'];

type Common = {
  id: string;
  /** Markdown. */
  prompt: string;
  /** What a full answer earns; to two decimals, not negative. */
  points: number;
  /** Markdown, shown with the right answer. */
  explanation?: string | null | undefined;
};

export type Option = { id: string; text: string; isCorrect: boolean };

export type SingleQuestion = Common & { type: 'single'; options: readonly Option[] };

export type MultipleQuestion = Common & {
  type: 'multiple';
  options: readonly Option[];
  /** partial: points × max(0, right chosen − wrong chosen) / right. */
  scoring: 'partial' | 'allOrNothing';
};

export type TrueFalseQuestion = Common & { type: 'trueFalse'; answer: boolean };

export type ShortTextQuestion = Common & {
  type: 'shortText';
  /** Alternatives; the first is shown as the right one. */
  answers: readonly string[];
  /** Default true. */
  ignoreCase?: boolean | undefined;
  /** Default false. */
  ignoreAccents?: boolean | undefined;
};

export type NumericQuestion = Common & {
  type: 'numeric';
  answer: number;
  /** Absolute and inclusive; default 0. */
  tolerance?: number | undefined;
};

export type EssayQuestion = Common & { type: 'essay' };

/** Option id, option ids, boolean, text or number, by the question's type; null for no answer. */
export type QuestionResponse = string | readonly string[] | boolean | number | null;
