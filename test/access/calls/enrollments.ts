import { makeBystander } from '../people.ts';
import type { Recipe } from '../recipe.ts';
import { makeCourse, must, type CourseWish, type World } from '../world.ts';

/** A course of its own, since a stranger who enrolls is none afterwards. */
async function freshCourse(world: World, wish: CourseWish) {
  const { id } = await makeCourse(world, wish);
  return { path: { id } };
}

export const enrollmentCalls: Record<string, Recipe> = {
  'enroll (oneself, published)': { untilUsed: (world) => freshCourse(world, { status: 'published' }) },
  'enroll (oneself, by staff only)': {
    untilUsed: (world) => freshCourse(world, { status: 'published', selfEnrollment: 'closed' }),
  },
  'enroll (oneself, draft)': ({ draft }) => ({ path: { id: draft.id } }),
  'enroll (oneself, archived)': ({ archived }) => ({ path: { id: archived.id } }),
  'enroll (somebody else)': async ({ server, published }) => ({
    path: { id: published.id },
    body: { userId: await makeBystander(server) },
  }),
  getEnrollment: ({ published }) => ({ path: { id: published.enrollmentId } }),
  withdraw: async (world) => {
    const { left, people } = world;
    // Staff resume what was withdrawn, whoever did it.
    const body = { userId: people.student.id };
    const { id } = await must(world, 'owner', 'POST', `/courses/${left.id}/enrollments`, body);
    return { path: { id } };
  },
  listMyEnrollments: () => ({}),
  listCourseEnrollments: ({ published }) => ({ path: { id: published.id } }),
  'listCourseEnrollments (draft)': ({ draft }) => ({ path: { id: draft.id } }),

  getProgress: ({ published }) => ({ path: { id: published.enrollmentId } }),
  saveHeartbeat: ({ published }) => ({
    path: { id: published.enrollmentId, lessonId: published.videoLessonId },
    body: { positionSeconds: 1 },
  }),
  'saveHeartbeat (withdrawn)': ({ withdrawn }) => ({
    path: { id: withdrawn.enrollmentId, lessonId: withdrawn.textLessonId },
  }),
  completeLesson: ({ published }) => ({
    path: { id: published.enrollmentId, lessonId: published.textLessonId },
  }),
  'completeLesson (a video not watched)': ({ published }) => ({
    path: { id: published.enrollmentId, lessonId: published.videoLessonId },
  }),

  putReview: ({ archived }) => ({ path: { id: archived.enrollmentId }, body: { rating: 5, text: 'Sweet.' } }),
  listReviews: ({ published }) => ({ path: { id: published.id } }),
  'listReviews (draft)': ({ draft }) => ({ path: { id: draft.id } }),
};
