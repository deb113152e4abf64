import { Type, type Static } from 'typebox';
import { id, integer, named, nullable, object, oneOf, time } from '#platform/http/schema.ts';
import { showResultsValues } from '../policy.ts';

const maxTimeLimitSeconds = 30 * 86_400;

const percent = (description: string) =>
  Type.Unsafe<number>({ type: 'number', minimum: 0, maximum: 100, description });

/** PUT replaces: what is left out takes its default. */
export const quizBody = named(
  'QuizSettings',
  object({
    passingPercent: percent('To two decimals. Compared with the unrounded share of the points.'),
    maxAttempts: Type.Optional(
      nullable(integer(1, 1_000, { description: 'Per enrollment. Default null: as many as one likes.' })),
    ),
    timeLimitSeconds: Type.Optional(
      nullable(integer(1, maxTimeLimitSeconds, { description: 'Default null: no limit.' })),
    ),
    shuffleQuestions: Type.Optional(
      Type.Boolean({
        description: 'Another order of questions and options in every attempt. Default false.',
      }),
    ),
    showResults: oneOf(showResultsValues, {
      description:
        'What learners see after submitting. never: nothing; score: score, percent and passed; afterPass: these, ' +
        'and right answers in attempts that passed; afterSubmission: all at once.',
    }),
  }),
);

const quizViewerSchema = named(
  'QuizViewer',
  object(
    {
      enrollmentId: id,
      attemptsUsed: integer(0),
      attemptsLeft: nullable(integer(0)),
      openAttemptId: nullable(id),
      bestPercent: nullable(Type.Number()),
      passed: nullable(Type.Boolean()),
    },
    {
      description:
        'The enrolled caller’s own state. `attemptsLeft` is null without a limit; `bestPercent` and `passed` are null ' +
        'before anything is graded and where `showResults` is never.',
    },
  ),
);

export const quizSchema = named(
  'Quiz',
  object({
    id,
    lessonId: id,
    courseId: id,
    passingPercent: Type.Number(),
    maxAttempts: nullable(integer(1)),
    timeLimitSeconds: nullable(integer(1)),
    shuffleQuestions: Type.Boolean(),
    showResults: oneOf(showResultsValues),
    questionCount: integer(0),
    maxScore: Type.Number(),
    viewer: nullable(quizViewerSchema),
    createdAt: time,
    updatedAt: time,
  }),
);

export type QuizInput = Static<typeof quizBody>;
