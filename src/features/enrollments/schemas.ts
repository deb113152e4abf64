import { Type } from 'typebox';
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
  text,
  time,
} from '#platform/http/schema.ts';

const status = oneOf(['active', 'completed', 'withdrawn']);
const rating = integer(1, 5);

const courseSummary = named(
  'EnrolledCourse',
  object({
    id,
    slug: Type.String(),
    title: Type.String(),
    language: Type.String(),
    imageUrl: nullable(Type.String()),
    status: oneOf(['draft', 'published', 'archived']),
  }),
);
const learner = named(
  'Learner',
  object({ id, name: Type.String(), email: nullable(Type.String()), emailVerified: Type.Boolean() }),
);

export const enrollmentSchema = named(
  'Enrollment',
  object({
    id,
    courseId: id,
    userId: id,
    status,
    hasAccess: Type.Boolean({ description: 'Whether its learner may read the lessons now.' }),
    completedAt: nullable(time),
    withdrawnAt: nullable(time),
    withdrawnBy: nullable(oneOf(['learner', 'staff'])),
    progressPercent: integer(0, 100, { description: 'Floored; 100 only when complete, and it stays.' }),
    nextLessonId: nullable(id),
    lastActivityAt: nullable(time),
    createdAt: time,
    course: courseSummary,
    review: nullable(named('OwnReview', object({ rating, text: nullable(Type.String()) }))),
    user: Type.Optional(learner),
  }),
);

export const enrollBody = named(
  'NewEnrollment',
  object(
    { userId: Type.Optional(id), email: Type.Optional(Type.String({ maxLength: 254 })) },
    // Nobody, or one person by one of the two.
    {
      maxProperties: 1,
      description: 'Without fields: the caller. With one: whom the staff of the course enroll.',
    },
  ),
);

const listFields = {
  status: Type.Optional(commaList(status)),
  include: Type.Optional(commaList(oneOf(['total']))),
};
export const enrollmentListQuery = listQuery(
  ['-createdAt', 'createdAt', '-lastActivityAt', 'lastActivityAt'],
  listFields,
);
export const enrollmentPage = pageOf('EnrollmentPage', enrollmentSchema, {
  total: Type.Optional(cappedTotal),
});

export const reviewBody = named(
  'NewReview',
  object({ rating, text: Type.Optional(nullable(text(0, 5_000))) }),
);
export const reviewSchema = named(
  'Review',
  object({
    enrollmentId: id,
    rating,
    text: nullable(Type.String()),
    author: named('ReviewAuthor', object({ name: Type.String() })),
    createdAt: time,
    updatedAt: time,
  }),
);
export const reviewListQuery = listQuery(['-createdAt', 'createdAt', '-rating', 'rating'], {
  include: Type.Optional(commaList(oneOf(['total']))),
});
export const reviewPage = pageOf('ReviewPage', reviewSchema, { total: Type.Optional(cappedTotal) });
