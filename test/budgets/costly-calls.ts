import assert from 'node:assert/strict';
import { runSql } from '#platform/db/database.ts';
import type { Body } from '#test/client.ts';
import { uploadFile } from '#test/files.ts';
import { loginAnew } from '../access/calls/identity.ts';
import { png } from '../access/file-things.ts';
import { orderOf } from '../access/calls/courses.ts';
import type { Caller } from '../access/callers.ts';
import { makeBystander } from '../access/people.ts';
import type { Call } from '../access/recipe.ts';
import { bring } from '../access/scim-things.ts';
import { makeCourse, must, type FullCourse, type World } from '../access/world.ts';
import { nearlyWatched, openAttempt } from './nearly-done.ts';

/** A call that does all that its operation can ever have to do, where the table's calls do less. */
type CostlyCall = {
  operationId: string;
  when: string;
  caller: Caller;
  prepare: (world: World) => Call | Promise<Call>;
};

const everything = { limit: 100, include: 'total' };

export const costlyCalls: readonly CostlyCall[] = [
  {
    operationId: 'login',
    when: 'in a browser that was signed in',
    caller: 'student',
    prepare: loginAnew,
  },
  {
    operationId: 'completeLesson',
    when: 'where it completes the course',
    caller: 'student',
    prepare: async (world) => {
      const { enrollmentId, textLessonId } = await makeCourse(world, { status: 'published' });
      return { path: { id: enrollmentId, lessonId: textLessonId } };
    },
  },
  {
    operationId: 'saveHeartbeat',
    when: 'where it completes the course',
    caller: 'student',
    prepare: async (world) => ({ path: await nearlyWatched(world), body: { watched: [[0, 10]] } }),
  },
  {
    operationId: 'submitAttempt',
    when: 'where it completes the course',
    caller: 'student',
    prepare: async (world) => {
      const { attemptId, questionId } = await openAttempt(world, { type: 'trueFalse', answer: true });
      return { path: { id: attemptId }, body: { answers: [{ questionId, response: true }] } };
    },
  },
  {
    operationId: 'saveAnswers',
    when: 'with an answer',
    caller: 'student',
    prepare: async (world) => {
      const { attemptId, questionId } = await openAttempt(world, { type: 'trueFalse', answer: true });
      return { path: { id: attemptId }, body: { answers: [{ questionId, response: true }] } };
    },
  },
  {
    operationId: 'gradeAttempt',
    when: 'where it completes the course',
    caller: 'owner',
    prepare: async (world) => {
      const { attemptId, questionId } = await openAttempt(world, { type: 'essay' });
      const answers = [{ questionId, response: 'Because.' }];
      await must(world, 'student', 'POST', `/attempts/${attemptId}/submission`, { answers });
      return { path: { id: attemptId }, body: { grades: [{ questionId, points: 1 }] } };
    },
  },
  {
    operationId: 'updateNotificationPreferences',
    when: 'where it sets one and clears another',
    caller: 'student',
    prepare: () => ({ body: { grade: { email: false }, reminder: null } }),
  },
  {
    operationId: 'addQuestion',
    when: 'where it makes the lesson ready',
    caller: 'owner',
    prepare: async (world) => ({ path: { id: await emptyQuiz(world) }, body: question }),
  },
  {
    operationId: 'removeQuestion',
    when: 'where the lesson is no longer ready',
    caller: 'owner',
    prepare: async (world) => {
      const quizId = await emptyQuiz(world);
      return {
        path: { id: (await must(world, 'owner', 'POST', `/quizzes/${quizId}/questions`, question)).id },
      };
    },
  },
  {
    operationId: 'updateQuestion',
    when: 'where the lesson is no longer ready',
    caller: 'owner',
    prepare: async (world) => {
      const quizId = await emptyQuiz(world);
      const { id } = await must(world, 'owner', 'POST', `/quizzes/${quizId}/questions`, question);
      return { path: { id }, body: { points: 0 } };
    },
  },
  {
    operationId: 'updateLesson',
    when: 'where it makes the lesson ready',
    caller: 'owner',
    prepare: ({ draft }) => ({ path: { id: draft.unreadyLessonId }, body: { content: 'Now.' } }),
  },
  {
    operationId: 'updateCourse',
    when: 'with another title and address',
    caller: 'owner',
    prepare: ({ draft }) => ({
      path: { idOrSlug: draft.id },
      body: { title: 'Wasps', slug: 'wasps-of-the-alps' },
    }),
  },
  {
    operationId: 'updateUser',
    when: 'of a suspended admin, with another password, role and address',
    caller: 'admin',
    prepare: async (world) => {
      const id = await makeBystander(world.server, 'admin');
      await must(world, 'admin', 'PUT', `/users/${id}/suspension`, { reason: 'For a while' });
      const body = {
        password: 'ash-and-elder-39',
        role: 'instructor',
        status: 'active',
        email: 'another@example.com',
      };
      return { path: { id }, body };
    },
  },
  {
    operationId: 'enroll',
    when: 'where it resumes, named by address',
    caller: 'owner',
    prepare: async (world) => {
      const { id, enrollmentId } = await makeCourse(world, { status: 'published' });
      await must(world, 'student', 'DELETE', `/enrollments/${enrollmentId}`);
      return { path: { id }, body: { email: world.people.student.email } };
    },
  },
  {
    operationId: 'putLessonFile',
    when: 'where it makes the lesson ready',
    caller: 'owner',
    prepare: async (world) => {
      const body = { title: 'Map', type: 'file', isRequired: false };
      const lesson = await must(
        world,
        'owner',
        'POST',
        `/sections/${world.published.sectionId}/lessons`,
        body,
      );
      const { id: fileId } = await uploadFile(world.server, world.people.owner, 'a map');
      return { path: { id: lesson.id }, body: { fileId } };
    },
  },
  {
    operationId: 'putMyAvatar',
    when: 'in the place of another',
    caller: 'stranger',
    prepare: async (world) => {
      const { id: fileId } = await uploadFile(world.server, world.people.stranger, png);
      await must(world, 'stranger', 'PUT', '/me/avatar', { fileId });
      return { body: { fileId } };
    },
  },
  {
    operationId: 'listCourses',
    when: 'with a search, the total and facets',
    caller: 'student',
    prepare: () => ({ query: queryOf({ q: 'bees', limit: 100, include: 'total,facets' }) }),
  },
  {
    operationId: 'listNotifications',
    when: 'with how many are unread',
    caller: 'student',
    prepare: () => ({ query: queryOf({ limit: 100, include: 'unread' }) }),
  },
  {
    operationId: 'createUser',
    when: 'where it invites',
    caller: 'admin',
    prepare: () => ({ body: { name: 'New', role: 'student', email: 'invited@example.com', invite: true } }),
  },
  {
    operationId: 'updateUser',
    when: 'with another role',
    caller: 'admin',
    prepare: async ({ server }) => ({
      path: { id: await makeBystander(server) },
      body: { role: 'instructor' },
    }),
  },
  ...['listUsers', 'listCertificates', 'listJobs', 'listMails', 'listAuditEvents'].map((operationId) => ({
    operationId,
    when: 'with the total',
    caller: 'admin' as const,
    prepare: () => ({ query: queryOf(everything) }),
  })),
];

/** Two calls that differ in how much there is to read or write, and in nothing else. */
type Pair = { caller: Caller; few: Prepare; many: Prepare };
type Prepare = (world: World) => Call | Promise<Call>;

export const listCalls: Readonly<Record<string, Pair>> = {
  listUsers: pages('admin', () => ({})),
  listMySessions: pages('student', () => ({})),
  listMyApiKeys: pages('student', () => ({})),
  listUserApiKeys: pages('admin', ({ people }) => ({ path: { id: people.student.id } })),
  listMyTasks: pages('student', () => ({})),
  listMyDataExports: pages('student', () => ({})),
  listImportRows: pages('owner', ({ imported }) => ({ path: { id: imported.id } })),
  listCustomRoles: pages('admin', () => ({})),
  listCustomRoleMembers: pages('admin', ({ roles }) => ({ path: { id: roles.roleId } })),
  listGroups: pages('admin', () => ({})),
  listGroupMembers: pages('admin', ({ roles }) => ({ path: { id: roles.groupId } })),
  listSsoProviders: pages('admin', () => ({})),
  listScimConnections: pages('admin', () => ({})),
  listSignInProviders: pages('anonymous', () => ({})),
  listMyIdentities: pages('student', () => ({})),
  listCourses: pages('owner', () => ({})),
  listCourseStaff: pages('owner', ({ published }) => ({ path: { id: published.id } })),
  listMyEnrollments: pages('student', () => ({})),
  listCourseEnrollments: pages('owner', ({ published }) => ({ path: { id: published.id } })),
  listReviews: pages('stranger', ({ published }) => ({ path: { id: published.id } })),
  listQuizAttempts: pages('owner', ({ published }) => ({ path: { id: published.quizId } })),
  listCourseAttempts: pages('owner', ({ published }) => ({ path: { id: published.id } })),
  listAttachments: {
    caller: 'owner',
    few: ({ withdrawn }) => ({ path: { id: withdrawn.textLessonId } }),
    many: ({ published }) => ({ path: { id: published.textLessonId } }),
  },
  listPasskeys: {
    caller: 'owner',
    few: () => ({}),
    many: ({ people }) => ({ token: people.coInstructor.token }),
  },
  listMyCertificates: pages('student', () => ({})),
  listNotifications: pages('student', () => ({})),
  listCertificates: pages('admin', () => ({})),
  listJobs: pages('admin', () => ({})),
  listEvents: pages('admin', () => ({})),
  listWebhooks: pages('admin', () => ({})),
  listWebhookDeliveries: pages('admin', ({ webhook }) => ({ path: { id: webhook.id } })),
  listMails: pages('admin', () => ({})),
  listAuditEvents: pages('admin', () => ({})),
  listQuestions: {
    caller: 'owner',
    few: ({ withdrawn }) => ({ path: { id: withdrawn.quizId } }),
    many: ({ published }) => ({ path: { id: published.quizId } }),
  },
};

/** Lists whose length is the program's own and never grows. */
export const fixedLists: readonly string[] = ['listEventTypes', 'listQueues'];

function pages(caller: Caller, call: (world: World) => Call): Pair {
  return {
    caller,
    few: (world) => ({ ...call(world), query: queryOf({ limit: 1 }) }),
    many: (world) => ({ ...call(world), query: queryOf({ limit: 100 }) }),
  };
}

/** Other calls that read or write as much as there is: of a course with few lessons and questions, and with many. */
export const growingCalls: Readonly<Record<string, Pair>> = {
  getOutline: sizes('owner', ({ id }) => ({ path: { id } })),
  getProgress: sizes('student', ({ enrollmentId: id }) => ({ path: { id } })),
  arrangeOutline: sizes('owner', async ({ id }, world) => {
    const { sections } = await must(world, 'owner', 'GET', `/courses/${id}/outline`);
    return { path: { id }, body: { sections: orderOf(sections) } };
  }),
  orderQuestions: sizes('owner', async ({ quizId: id }, world) => {
    const { items } = await must(world, 'owner', 'GET', `/quizzes/${id}/questions`);
    return { path: { id }, body: { questionIds: items.map((item: Body) => item.id) } };
  }),
  listScimUsers: byDirectory(() => ({}), ['?count=1', '?count=100']),
  listScimGroups: byDirectory(() => ({}), ['?count=1', '?count=100']),
  updateScimGroup: {
    caller: 'stranger',
    few: (world) => joining(world, 1),
    many: (world) => joining(world, 100),
  },
  deleteSsoProvider: {
    caller: 'admin',
    few: (world) => givingProvider(world, 1),
    many: (world) => givingProvider(world, 100),
  },
  startAttempt: sizes('student', async ({ quizId: id }, world) => {
    await submitted(world, id);
    return { path: { id } };
  }),
  saveAnswers: sizes('student', async ({ quizId }, world) => {
    const { id, answers } = await answered(world, quizId);
    return { path: { id }, body: { answers } };
  }),
  submitAttempt: sizes('student', async ({ quizId }, world) => {
    const { id, answers } = await answered(world, quizId);
    return { path: { id }, body: { answers } };
  }),
  gradeAttempt: sizes('owner', async ({ quizId }, world) => {
    const { id, answers } = await submitted(world, quizId);
    return { path: { id }, body: { grades: answers.map(({ questionId }) => ({ questionId, points: 1 })) } };
  }),
};

function sizes(caller: Caller, call: (course: FullCourse, world: World) => Call | Promise<Call>): Pair {
  return { caller, few: (world) => call(world.draft, world), many: (world) => call(world.published, world) };
}

function byDirectory(call: (world: World) => Call, [few, many]: readonly [string, string]): Pair {
  const make = (query: string) => (world: World) => ({ ...call(world), query, token: world.scim.token });
  return { caller: 'stranger', few: make(few), many: make(many) };
}

/** A new group of the directory's, to which so many of its people come. */
async function joining({ server, scim }: World, count: number): Promise<Call> {
  const { token } = scim;
  const { body } = await server.get(`/../../scim/v2/Users?count=${count}`, token);
  assert.equal(body.Resources.length, count);
  const value = (body.Resources as Body[]).map(({ id }) => ({ value: id as string }));
  const { id } = await bring(server, token, '/Groups', { displayName: `Group of ${count}` });
  return { path: { id }, body: { Operations: [{ op: 'add', path: 'members', value }] }, token };
}

/** A provider that gave each of so many people a role, a custom role and a group. */
async function givingProvider(world: World, count: number): Promise<Call> {
  const { roleId, groupId } = world.roles;
  const body = {
    key: `giving-${count}`,
    name: 'Giving',
    clientId: 'lms',
    issuer: 'https://login.example.com',
  };
  const { id } = await must(world, 'admin', 'POST', '/admin/sso/providers', body);
  await runSql(
    world.server.open.deps.db,
    `with made as (
      insert into app_user (id, name, role, locale, time_zone, created_at, updated_at)
      select gen_random_uuid(), 'Given ' || n, 'admin', 'en', 'UTC', now(), now() from generate_series(1, $2::int) as n
      returning id),
    held as (insert into custom_role_member (role_id, user_id, created_at) select $3, id, now() from made),
    joined as (insert into user_group_member (group_id, user_id, created_at) select $4, id, now() from made)
    insert into external_identity (id, user_id, provider_id, subject, given_role, role_before, given_role_ids,
      given_group_ids, created_at, last_used_at)
    select gen_random_uuid(), id, $1, id::text, 'admin', 'student', array[$3::uuid], array[$4::uuid], now(), now() from made`,
    [id, count, roleId, groupId],
  );
  return { path: { id } };
}

/** The student's open attempt, with an answer to each of its questions. */
async function answered(world: World, quizId: string) {
  const { id, questions } = await must(world, 'student', 'POST', `/quizzes/${quizId}/attempts`);
  const answers = (questions as Body[]).map((each) => ({
    questionId: each.id as string,
    response: 'Because.',
  }));
  return { id: id as string, answers };
}

async function submitted(world: World, quizId: string) {
  const { id, answers } = await answered(world, quizId);
  await must(world, 'student', 'POST', `/attempts/${id}/submission`, { answers });
  return { id, answers };
}

async function emptyQuiz(world: World): Promise<string> {
  const lesson = { title: 'Questions', type: 'quiz', isRequired: false };
  const { id } = await must(world, 'owner', 'POST', `/sections/${world.draft.sectionId}/lessons`, lesson);
  const settings = { passingPercent: 100, showResults: 'score' };
  return (await must(world, 'owner', 'PUT', `/lessons/${id}/quiz`, settings)).id;
}

const question = { type: 'essay', prompt: 'Why?', points: 1 };

function queryOf(values: Record<string, string | number>): string {
  const pairs = Object.entries(values).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `?${pairs.join('&')}`;
}
