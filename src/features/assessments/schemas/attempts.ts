import { Type, type Static } from 'typebox';
import {
  cappedTotal,
  commaList,
  id,
  integer,
  listQuery,
  named,
  nullable,
  object,
  oneOf,
  pageOf,
  time,
} from '#platform/http/schema.ts';
import { MAX_RESPONSE_CHARACTERS } from '../responses.ts';
import { maxQuestions, questionTypeSchema } from './questions.ts';

const attemptStatuses = ['inProgress', 'needsGrading', 'graded'] as const;

// One schema of several types rather than a union, whose errors would name every branch. Whether it fits the
// question is checked against the attempt.
const responseInput = Type.Unsafe<string | number | boolean | string[] | null>({
  type: ['string', 'number', 'boolean', 'array', 'null'],
  maxLength: MAX_RESPONSE_CHARACTERS,
  maxItems: 50,
  items: { type: 'string', maxLength: 100 },
  description:
    'An option id, option ids, true or false, a text or a number, by the question’s type; null clears.',
});
const answerInput = named(
  'AnswerInput',
  object({
    questionId: id,
    response: responseInput,
    revision: Type.Optional(
      integer(0, undefined, { description: 'Counted by the client. A lower one than stored is ignored.' }),
    ),
  }),
);
const answerList = Type.Array(answerInput, { maxItems: maxQuestions });

export const startBody = named('AttemptStart', object({ enrollmentId: Type.Optional(id) }));
export const answersBody = named('Answers', object({ answers: answerList }));
export const submissionBody = named('Submission', object({ answers: Type.Optional(answerList) }));
export const gradesBody = named(
  'Grades',
  object({
    grades: Type.Array(
      named(
        'GradeInput',
        object({
          questionId: id,
          points: Type.Unsafe<number>({
            type: 'number',
            minimum: 0,
            maximum: 10_000,
            description: 'From 0 to the question’s points, to two decimals.',
          }),
          feedback: Type.Optional(
            nullable(
              Type.String({ maxLength: 20_000, description: 'Markdown. Left out, it stays; null clears.' }),
            ),
          ),
        }),
      ),
      { minItems: 1, maxItems: maxQuestions },
    ),
  }),
);

const responseOutput = Type.Unsafe<string | number | boolean | readonly string[] | null>({
  type: ['string', 'number', 'boolean', 'array', 'null'],
  items: { type: 'string' },
});

const asWritten = Type.String({ description: 'Markdown, as written.' });

const attemptQuestionSchema = named(
  'AttemptQuestion',
  object(
    {
      id,
      type: questionTypeSchema,
      prompt: asWritten,
      promptHtml: Type.String(),
      maxPoints: Type.Number(),
      options: Type.Optional(Type.Array(named('AttemptOption', object({ id, text: Type.String() })))),
      scoring: Type.Optional(oneOf(['partial', 'allOrNothing'])),
      response: responseOutput,
      revision: nullable(integer(0)),
      points: Type.Optional(nullable(Type.Number())),
      isCorrect: Type.Optional(nullable(Type.Boolean())),
      feedback: Type.Optional(nullable(asWritten)),
      feedbackHtml: Type.Optional(nullable(Type.String())),
      correctResponse: Type.Optional(responseOutput),
      explanation: Type.Optional(nullable(asWritten)),
      explanationHtml: Type.Optional(nullable(Type.String())),
    },
    {
      description:
        'As it stood when the attempt started; the id is the attempt’s own. The fields from `points` on are there ' +
        'when the quiz’s `showResults` allows them; `points` and `isCorrect` are null until graded.',
    },
  ),
);

const attemptFields = {
  id,
  quizId: id,
  lessonId: id,
  courseId: id,
  enrollmentId: id,
  userId: id,
  number: integer(1),
  status: oneOf(attemptStatuses),
  startedAt: time,
  expiresAt: nullable(time),
  secondsLeft: nullable(integer(0)),
  submittedAt: nullable(time),
  submittedBy: nullable(oneOf(['learner', 'clock'])),
  gradedAt: nullable(time),
  score: nullable(
    Type.Number({ description: 'While `needsGrading`, of what is graded so far; as is `percent`.' }),
  ),
  maxScore: Type.Number(),
  percent: nullable(Type.Number()),
  passed: nullable(Type.Boolean()),
  passingPercent: Type.Number(),
};

/** `questions` is left out where the reader may not see them: after submission, unless `showResults` allows. */
export const attemptSchema = named(
  'Attempt',
  object({ ...attemptFields, questions: Type.Optional(Type.Array(attemptQuestionSchema)) }),
);
const attemptItemSchema = named(
  'AttemptItem',
  object({
    ...attemptFields,
    lesson: named('AttemptLesson', object({ id, title: Type.String() })),
    user: Type.Optional(named('AttemptPerson', object({ id, name: Type.String() }))),
  }),
);
export const savedAnswersSchema = named(
  'SavedAnswers',
  object({
    attemptId: id,
    status: oneOf(attemptStatuses),
    expiresAt: nullable(time),
    secondsLeft: nullable(integer(0)),
    answers: Type.Array(
      named(
        'SavedAnswer',
        object({ questionId: id, response: responseOutput, revision: nullable(integer(0)) }),
      ),
    ),
  }),
);

export const attemptListQuery = listQuery(['-startedAt', 'startedAt', 'submittedAt', '-submittedAt'], {
  enrollmentId: Type.Optional(id),
  status: Type.Optional(commaList(oneOf(attemptStatuses))),
  include: Type.Optional(commaList(oneOf(['total']))),
});
export const attemptPage = pageOf('AttemptPage', attemptItemSchema, { total: Type.Optional(cappedTotal) });

export type AnswerInput = Static<typeof answerInput>;
export type GradesInput = Static<typeof gradesBody>['grades'];
export type AttemptListQuery = Static<typeof attemptListQuery>;
