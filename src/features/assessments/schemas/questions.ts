import { Type, type Static, type TSchema, type TUnsafe } from 'typebox';
import { id, named, nullable, object, oneOf, pageOf, text, time } from '#platform/http/schema.ts';

export const maxQuestions = 200;
const maxOptions = 50;

const prompt = text(1, 20_000, { description: 'Markdown.' });
const points = Type.Unsafe<number>({
  type: 'number',
  minimum: 0,
  maximum: 10_000,
  description: 'What a full answer earns, to two decimals.',
});
const explanation = nullable(
  Type.String({ maxLength: 20_000, description: 'Markdown, shown with the right answer.' }),
);
const option = named(
  'OptionInput',
  object({
    id: Type.Optional(
      Type.Unsafe<string>({
        type: 'string',
        format: 'uuid',
        description: 'Of an option of this question, which it stays. Left out for a new one.',
      }),
    ),
    text: text(1, 2_000),
    isCorrect: Type.Boolean(),
  }),
);
const options = Type.Array(option, { minItems: 2, maxItems: maxOptions });
const scoring = oneOf(['partial', 'allOrNothing'], {
  description:
    'partial: points × max(0, right chosen − wrong chosen) / right. Default partial; learners are told which.',
});
const answers = Type.Array(text(1, 500), {
  minItems: 1,
  maxItems: 50,
  uniqueItems: true,
  description: 'Alternatives, all of them right. The first is shown as the right answer.',
});
const ignoreCase = Type.Boolean({ description: 'Default true.' });
const ignoreAccents = Type.Boolean({ description: 'Default false.' });
const number = Type.Number();
const tolerance = Type.Unsafe<number>({
  type: 'number',
  minimum: 0,
  description: 'Absolute and inclusive. Default 0.',
});

const common = { prompt, points, explanation: Type.Optional(explanation) };

function newQuestion<const Kind extends string, T extends Record<string, TSchema>>(
  name: string,
  type: Kind,
  fields: T,
) {
  return named(name, object({ type: oneOf([type]), ...common, ...fields }));
}

const kinds = [
  newQuestion('NewSingleQuestion', 'single', { options }),
  newQuestion('NewMultipleQuestion', 'multiple', { options, scoring: Type.Optional(scoring) }),
  newQuestion('NewTrueFalseQuestion', 'trueFalse', { answer: Type.Boolean() }),
  newQuestion('NewShortTextQuestion', 'shortText', {
    answers,
    ignoreCase: Type.Optional(ignoreCase),
    ignoreAccents: Type.Optional(ignoreAccents),
  }),
  newQuestion('NewNumericQuestion', 'numeric', { answer: number, tolerance: Type.Optional(tolerance) }),
  newQuestion('NewEssayQuestion', 'essay', {}),
] as const;

const questionTypes = ['single', 'multiple', 'trueFalse', 'shortText', 'numeric', 'essay'] as const;
export const questionTypeSchema = oneOf(questionTypes);

export const newQuestionBody: TUnsafe<Static<(typeof kinds)[number]>> = named(
  'NewQuestion',
  Type.Unsafe({
    type: 'object',
    // Again, so that a type that is missing or unknown is told by its path.
    required: ['type'],
    properties: { type: questionTypeSchema },
    discriminator: { propertyName: 'type' },
    oneOf: kinds,
  }),
);

/** Which of the fields fit is decided by the question's type, which never changes. */
export const questionPatch = named(
  'QuestionPatch',
  object({
    prompt: Type.Optional(prompt),
    points: Type.Optional(points),
    explanation: Type.Optional(explanation),
    options: Type.Optional(options),
    scoring: Type.Optional(scoring),
    answer: Type.Optional(Type.Unsafe<boolean | number>({ type: ['boolean', 'number'] })),
    answers: Type.Optional(answers),
    ignoreCase: Type.Optional(ignoreCase),
    ignoreAccents: Type.Optional(ignoreAccents),
    tolerance: Type.Optional(tolerance),
  }),
);

export const questionOrderBody = named(
  'QuestionOrder',
  object({ questionIds: Type.Array(id, { maxItems: maxQuestions }) }),
);

/** As staff see it, answers included. */
export const questionSchema = named(
  'Question',
  object({
    id,
    quizId: id,
    type: questionTypeSchema,
    prompt: Type.String({ description: 'Markdown, as written.' }),
    promptHtml: Type.String(),
    points: Type.Number(),
    explanation: nullable(Type.String({ description: 'Markdown, as written.' })),
    explanationHtml: nullable(Type.String()),
    options: Type.Optional(
      Type.Array(named('Option', object({ id, text: Type.String(), isCorrect: Type.Boolean() }))),
    ),
    scoring: Type.Optional(oneOf(['partial', 'allOrNothing'])),
    answer: Type.Optional(Type.Unsafe<boolean | number>({ type: ['boolean', 'number'] })),
    answers: Type.Optional(Type.Array(Type.String())),
    ignoreCase: Type.Optional(Type.Boolean()),
    ignoreAccents: Type.Optional(Type.Boolean()),
    tolerance: Type.Optional(Type.Number()),
    createdAt: time,
    updatedAt: time,
  }),
);
/** All of a quiz's questions at once, at most 200: `nextCursor` is always null. */
export const questionPage = pageOf('QuestionPage', questionSchema);

export type NewQuestionInput = Static<typeof newQuestionBody>;
export type QuestionPatch = Static<typeof questionPatch>;
export type OptionInput = Static<typeof option>;
