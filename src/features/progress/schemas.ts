import { Type } from 'typebox';
import { reasonSchema } from '#platform/http/problems.ts';
import { id, integer, named, nullable, object, oneOf, time } from '#platform/http/schema.ts';

const seconds = Type.Number({ minimum: 0 });
const enrollmentStatus = oneOf(['active', 'completed', 'withdrawn']);
const progressPercent = integer(0, 100);

const lessonFields = {
  lessonId: id,
  sectionId: id,
  title: Type.String(),
  type: oneOf(['text', 'video', 'quiz', 'file']),
  isRequired: Type.Boolean(),
  status: oneOf(['notStarted', 'inProgress', 'completed']),
  completedAt: nullable(time),
  positionSeconds: nullable(seconds),
  secondsSpent: integer(0, 2_147_483_647, {
    description: 'Time between heartbeats by the server’s clock, of each gap at most 60 s.',
  }),
  watchedSeconds: Type.Number({
    minimum: 0,
    description:
      'Seconds of the video that are credited: the union of what was reported, at most 10 s and twice the time since the first heartbeat.',
  }),
  durationSeconds: nullable(integer(1)),
  missing: Type.Array(reasonSchema),
};
const lesson = named('LessonProgress', object(lessonFields));

export const progressSchema = named(
  'Progress',
  object({
    enrollmentId: id,
    courseId: id,
    enrollmentStatus,
    progressPercent,
    sections: Type.Array(named('ProgressSection', object({ id, title: Type.String() }))),
    lessons: Type.Array(lesson),
  }),
);
export const lessonReachedSchema = named(
  'LessonReached',
  object({ ...lessonFields, progressPercent, enrollmentStatus }),
);

// numeric(9, 3): eleven days of video.
const videoSecond = Type.Number({ minimum: 0, maximum: 999_999 });
const stretch = Type.Unsafe<[number, number]>({
  type: 'array',
  items: videoSecond,
  minItems: 2,
  maxItems: 2,
});
export const heartbeatBody = named(
  'Heartbeat',
  object({
    positionSeconds: Type.Optional(videoSecond),
    watched: Type.Optional(
      Type.Array(stretch, {
        maxItems: 1_000,
        description: 'Stretches [from, to] of the video, in seconds. A union: replays are harmless.',
      }),
    ),
    occurredAt: Type.Optional(time),
  }),
);
export const completionBody = named('Completion', object({}));
export const lessonParams = object({ id, lessonId: id });
