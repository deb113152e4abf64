import { randomUUID } from 'node:crypto';
import { AppError, invalid, type Reason } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { gradeResponse } from './grading.ts';
import type { Option, Question, QuestionType } from './question.ts';
import type { NewQuestionInput, OptionInput, QuestionPatch } from './schemas/questions.ts';

/** The fields that a type adds, by which a PATCH is held to the type. */
const fieldsOfType: Record<QuestionType, readonly (keyof QuestionPatch)[]> = {
  single: ['options'],
  multiple: ['options', 'scoring'],
  trueFalse: ['answer'],
  shortText: ['answers', 'ignoreCase', 'ignoreAccents'],
  numeric: ['answer', 'tolerance'],
  essay: [],
};
const commonFields: readonly (keyof QuestionPatch)[] = ['prompt', 'points', 'explanation'];

/** A question as it will be stored. Throws 400 with every reason why it cannot be answered or graded. */
export function draftQuestion(input: NewQuestionInput): Question {
  const { prompt, points, explanation = null } = input;
  const common = { id: newId(), prompt, points, explanation };
  return checked(withDefaults(common, input), 'options' in input ? input.options : []);
}

/** The stored question with a patch laid over it (RFC 7396). Throws 400 as above, and for fields of other types. */
export function patchQuestion(stored: Question, patch: QuestionPatch): Question {
  refuseFieldsOfOthers(stored.type, patch);
  if (patch.answer !== undefined) refuseOtherAnswer(stored.type, patch.answer);
  const { options, ...rest } = patch;
  const merged = { ...stored, ...rest } as Question;
  if (options === undefined || !('options' in merged)) return checked(merged, []);
  const known = new Set(merged.options.map((option) => option.id));
  return checked({ ...merged, options: options.map(toOption) }, options, known);
}

type Common = { id: string; prompt: string; points: number; explanation: string | null };

function withDefaults(common: Common, input: NewQuestionInput): Question {
  switch (input.type) {
    case 'single':
      return { ...common, type: 'single', options: input.options.map(toOption) };
    case 'multiple': {
      const { scoring = 'partial', options } = input;
      return { ...common, type: 'multiple', scoring, options: options.map(toOption) };
    }
    case 'trueFalse':
      return { ...common, type: 'trueFalse', answer: input.answer };
    case 'shortText': {
      const { answers, ignoreCase = true, ignoreAccents = false } = input;
      return { ...common, type: 'shortText', answers, ignoreCase, ignoreAccents };
    }
    case 'numeric':
      return { ...common, type: 'numeric', answer: input.answer, tolerance: input.tolerance ?? 0 };
    case 'essay':
      return { ...common, type: 'essay' };
  }
}

/** Random, and not in the order of time as other ids: sorted, they would tell the author's order when it is shuffled. */
function toOption({ id = randomUUID(), text, isCorrect }: OptionInput): Option {
  return { id: id.toLowerCase(), text, isCorrect };
}

/** `given` are the options as sent, `known` the ids that may be kept. */
function checked(question: Question, given: readonly OptionInput[], known = new Set<string>()): Question {
  const reasons = [
    ...reasonsOfPoints(question.points),
    ...reasonsOfIds(given, known),
    ...('options' in question ? reasonsOfOptions(question) : []),
    ...(question.type === 'shortText' ? reasonsOfAnswers(question) : []),
  ];
  if (reasons.length > 0) throw invalid('The question is not valid.', reasons);
  return question;
}

/** Why these are no points: they have more than two decimals. */
export function reasonsOfPoints(points: number, path = '/points'): Reason[] {
  const isExact = /^\d+(?:\.\d{1,2})?$/.test(String(points));
  return isExact ? [] : [{ path, code: 'too_many_decimals', message: 'At most two decimals.' }];
}

function reasonsOfIds(given: readonly OptionInput[], known: ReadonlySet<string>): Reason[] {
  const seen = new Set<string>();
  return given.flatMap((option, index) => {
    const id = option.id?.toLowerCase();
    if (id === undefined) return [];
    const path = `/options/${index}/id`;
    if (!known.has(id))
      return [{ path, code: 'unknown_option', message: 'The question has no option with this id.' }];
    if (seen.has(id)) return [{ path, code: 'duplicate_option', message: 'Two options have this id.' }];
    seen.add(id);
    return [];
  });
}

function reasonsOfOptions(question: Extract<Question, { options: unknown }>): Reason[] {
  const { options, type } = question;
  const texts = options.map((option) => option.text.trim());
  const doubled = texts.flatMap((text, index) =>
    texts.indexOf(text) === index
      ? []
      : [
          {
            path: `/options/${index}/text`,
            code: 'duplicate_option',
            message: 'Two options have this text.',
          },
        ],
  );
  const count = options.filter((option) => option.isCorrect).length;
  if (type === 'single' && count !== 1) {
    const message = 'Exactly one option must be correct.';
    return [...doubled, { path: '/options', code: 'one_correct_option', params: { count }, message }];
  }
  if (count > 0) return doubled;
  const message = 'At least one option must be correct.';
  return [...doubled, { path: '/options', code: 'no_correct_option', message }];
}

/** An answer of invisible characters alone can never be given. */
function reasonsOfAnswers(question: Extract<Question, { type: 'shortText' }>): Reason[] {
  return question.answers.flatMap((answer, index) =>
    gradeResponse(question, answer).isCorrect === true
      ? []
      : [{ path: `/answers/${index}`, code: 'blank', message: 'It must not be blank.' }],
  );
}

function refuseFieldsOfOthers(type: QuestionType, patch: QuestionPatch): void {
  const allowed = [...commonFields, ...fieldsOfType[type]];
  const errors = Object.keys(patch)
    .filter((field) => !(allowed as string[]).includes(field))
    .map((field) => ({
      path: `/${field}`,
      code: 'unknown_field',
      params: { type },
      message: `A question of type ${type} has no such field.`,
    }));
  if (errors.length === 0) return;
  throw new AppError(400, 'unknown_field', 'The body has a field that this type of question lacks.', {
    errors,
  });
}

function refuseOtherAnswer(type: QuestionType, answer: boolean | number): void {
  const expected = type === 'trueFalse' ? 'boolean' : 'number';
  if (typeof answer === expected) return;
  const reason = {
    path: '/answer',
    code: 'type',
    params: { type: expected },
    message: `It must be ${expected}.`,
  };
  throw invalid('The question is not valid.', [reason]);
}
