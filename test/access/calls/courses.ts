import { makeBystander } from '../people.ts';
import type { Recipe } from '../recipe.ts';
import { makeCourse, makeSpareLesson, must, type CourseStatus, type World } from '../world.ts';

async function freshCourse(world: World, status: CourseStatus) {
  const { id } = await makeCourse(world, { status });
  return { path: { id, idOrSlug: id } };
}

async function freshMember(world: World, role: 'observer' | 'owner') {
  const userId = await makeBystander(world.server, 'instructor');
  await must(world, 'owner', 'PUT', `/courses/${world.published.id}/staff/${userId}`, { role });
  return { id: world.published.id, userId };
}

export const courseCalls: Record<string, Recipe> = {
  listCourses: () => ({}),
  'listCourses (own)': () => ({ query: '?staff=me' }),
  createCourse: () => ({ body: { title: 'Moths' } }),
  getCourse: ({ published }) => ({ path: { idOrSlug: published.id } }),
  'getCourse (by its address)': ({ published }) => ({ path: { idOrSlug: published.slug } }),
  'getCourse (draft)': ({ draft }) => ({ path: { idOrSlug: draft.id } }),
  'getCourse (archived)': ({ archived }) => ({ path: { idOrSlug: archived.slug } }),
  updateCourse: ({ published }) => ({ path: { idOrSlug: published.id }, body: { category: 'Nature' } }),
  'updateCourse (draft)': ({ draft }) => ({ path: { idOrSlug: draft.id }, body: { category: 'Nature' } }),
  archiveCourse: { untilUsed: (world) => freshCourse(world, 'published') },
  restoreCourse: { untilUsed: (world) => freshCourse(world, 'archived') },
  publishCourse: { untilUsed: (world) => freshCourse(world, 'draft') },
  unpublishCourse: { untilUsed: (world) => freshCourse(world, 'published') },

  listCourseStaff: ({ published }) => ({ path: { id: published.id } }),
  'listCourseStaff (draft)': ({ draft }) => ({ path: { id: draft.id } }),
  setCourseStaff: async (world) => ({
    path: await freshMember(world, 'observer'),
    body: { role: 'assistant' },
  }),
  'setCourseStaff (the last owner)': {
    untilUsed: async (world) => ({
      path: { ...(await freshCourse(world, 'published')).path, userId: world.people.owner.id },
      body: { role: 'observer' },
    }),
  },
  'setCourseStaff (a student as owner)': async ({ server, published }) => ({
    path: { id: published.id, userId: await makeBystander(server, 'student') },
    body: { role: 'owner' },
  }),
  removeCourseStaff: async (world) => ({ path: await freshMember(world, 'observer') }),
};

export const lessonCalls: Record<string, Recipe> = {
  getOutline: ({ published }) => ({ path: { id: published.id } }),
  'getOutline (draft)': ({ draft }) => ({ path: { id: draft.id } }),
  arrangeOutline: async (world) => {
    const { id } = world.published;
    const { sections } = await must(world, 'owner', 'GET', `/courses/${id}/outline`);
    return { path: { id }, body: { sections: orderOf(sections) } };
  },
  addSection: ({ published }) => ({ path: { id: published.id }, body: { title: 'Trees' } }),
  'addSection (draft)': ({ draft }) => ({ path: { id: draft.id }, body: { title: 'Trees' } }),
  updateSection: ({ published }) => ({ path: { id: published.sectionId }, body: { title: 'Flowers' } }),
  deleteSection: async (world) => {
    const { id } = await must(world, 'owner', 'POST', `/courses/${world.published.id}/sections`, {
      title: 'Empty',
    });
    return { path: { id } };
  },

  addLesson: ({ published }) => ({
    path: { id: published.sectionId },
    body: { title: 'Roots', type: 'text', isRequired: false },
  }),
  getLesson: ({ published }) => ({ path: { id: published.textLessonId } }),
  'getLesson (a preview)': ({ published }) => ({ path: { id: published.previewLessonId } }),
  'getLesson (not ready)': ({ published }) => ({ path: { id: published.unreadyLessonId } }),
  'getLesson (draft)': ({ draft }) => ({ path: { id: draft.textLessonId } }),
  'getLesson (a preview in a draft)': ({ draft }) => ({ path: { id: draft.previewLessonId } }),
  'getLesson (archived)': ({ archived }) => ({ path: { id: archived.textLessonId } }),
  'getLesson (withdrawn)': ({ withdrawn }) => ({ path: { id: withdrawn.textLessonId } }),
  updateLesson: ({ published }) => ({ path: { id: published.textLessonId }, body: { title: 'Gentian' } }),
  'updateLesson (draft)': ({ draft }) => ({ path: { id: draft.textLessonId }, body: { title: 'Gentian' } }),
  deleteLesson: async (world) => ({ path: { id: await makeSpareLesson(world, world.published) } }),
};

type Outline = { id: string; lessons: { id: string }[] }[];

/** The order that an outline has, as the body of a request to arrange it. */
export function orderOf(sections: Outline) {
  return sections.map(({ id, lessons }) => ({ id, lessonIds: lessons.map((lesson) => lesson.id) }));
}
