import { uploadFile } from '#test/files.ts';
import { newId } from '#platform/ids.ts';
import type { Caller } from './callers.ts';
import { orderOf } from './calls/courses.ts';
import type { Call } from './recipe.ts';
import { must, type World } from './world.ts';

/** A call by which somebody names what is another's. `empty`: a list that shows nothing of it. */
export type Foreign = {
  as: Caller;
  call: (world: World) => Call | Promise<Call>;
  answers: readonly [status: number, code: string] | 'empty';
};

const ofAuthenticator =
  'made by the authenticator: looked up among the keys of whoever signs in, see passkeys.test.ts';
const ofProvider = 'what the provider calls this system';
const filtersAll = 'narrows down a list of which the caller may see all';
const ofTheQuestion = 'any other is made anew, see questions.test.ts';

const attempted = [404, 'not_found'] as const;

/** A file of the student's that nothing uses, for whoever may do the rest of it. */
function ofFile(as: Caller, path: (world: World) => Record<string, string>, more: object = {}): Foreign {
  return {
    as,
    call: async (world) => {
      const { id: fileId } = await uploadFile(world.server, world.people.student, 'private');
      return { path: path(world), body: { fileId, ...more } };
    },
    answers: attempted,
  };
}

/** Who manages sign-on names what gives more than they have. */
function ofDelegate(
  path: (world: World) => Record<string, string>,
  mapping: (world: World) => object,
): Foreign {
  return {
    as: 'stranger',
    call: (world) => ({
      token: world.roles.delegate.token,
      path: path(world),
      body: {
        key: `p-${newId()}`,
        name: 'Another',
        clientId: 'lms',
        issuer: 'https://login.example.com',
        groupMappings: [{ value: 'all', ...mapping(world) }],
      },
    }),
    answers: [403, 'permission_not_held'],
  };
}

function ofAttempt(answers: (world: World) => Call, as: Caller = 'student'): Foreign {
  return { as, call: answers, answers: [400, 'invalid'] };
}

const role = ({ roles }: World) => ({ customRoleId: roles.strongRoleId });
const group = ({ roles }: World) => ({ groupId: roles.strongGroupId });
const provider = ({ sso }: World) => ({ id: sso.providerId });
const foreignAnswer = ({ draft }: World) => ({ answers: [{ questionId: draft.questionId, response: 'x' }] });

async function outlineOf(world: World): Promise<{ id: string; lessonIds: string[] }[]> {
  const { sections } = await must(world, 'owner', 'GET', `/courses/${world.published.id}/outline`);
  return orderOf(sections);
}

/**
 * Each id that bodies and queries name things by: a call that names somebody else’s, or why there is none. `table.test.ts`
 * holds it against the document, so that another field must be thought of here.
 */
export const foreignIds: Readonly<Record<string, Foreign | string>> = {
  'completeLogin credential.id': ofAuthenticator,
  'completeLogin credential.rawId': ofAuthenticator,
  'stepUp credential.id': ofAuthenticator,
  'stepUp credential.rawId': ofAuthenticator,
  'addPasskey credential.id': ofAuthenticator,
  'addPasskey credential.rawId': ofAuthenticator,

  'createSsoProvider clientId': ofProvider,
  'updateSsoProvider clientId': ofProvider,
  'createSsoProvider groupMappings.customRoleId': ofDelegate(() => ({}), role),
  'createSsoProvider groupMappings.groupId': ofDelegate(() => ({}), group),
  'updateSsoProvider groupMappings.customRoleId': ofDelegate(provider, role),
  'updateSsoProvider groupMappings.groupId': ofDelegate(provider, group),
  'createScimConnection providerId': {
    as: 'admin',
    call: ({ roles }) => ({ body: { name: 'Another', providerId: roles.roleId } }),
    answers: [400, 'invalid'],
  },
  'updateScimConnection providerId': {
    as: 'admin',
    call: ({ scim, roles }) => ({ path: { id: scim.connectionId }, body: { providerId: roles.roleId } }),
    answers: [400, 'invalid'],
  },

  'listCourses instructorId': 'narrows down a catalogue that is public',
  'getMyPermissions course': {
    as: 'stranger',
    call: ({ draft }) => ({ query: `?course=${draft.id}` }),
    answers: attempted,
  },
  'getUserPermissions course': 'who manages people may know what anybody may do anywhere',
  'arrangeOutline sections.id': {
    as: 'owner',
    call: async (world) => {
      const sections = await outlineOf(world);
      return {
        path: { id: world.published.id },
        body: { sections: [...sections, { id: world.draft.sectionId, lessonIds: [] }] },
      };
    },
    answers: [409, 'outline_changed'],
  },
  'arrangeOutline sections.lessonIds': {
    as: 'owner',
    call: async (world) => {
      const [first, ...others] = await outlineOf(world);
      const lessonIds = [...(first?.lessonIds ?? []), world.draft.textLessonId];
      return { path: { id: world.published.id }, body: { sections: [{ ...first, lessonIds }, ...others] } };
    },
    answers: [409, 'outline_changed'],
  },
  'enroll userId': {
    as: 'stranger',
    call: ({ published, people }) => ({
      path: { id: published.id },
      body: { userId: people.otherInstructor.id },
    }),
    answers: [403, 'forbidden'],
  },

  'addQuestion options.id': ofTheQuestion,
  'updateQuestion options.id': ofTheQuestion,
  'orderQuestions questionIds': {
    as: 'owner',
    call: async (world) => {
      const { items } = await must(world, 'owner', 'GET', `/quizzes/${world.published.quizId}/questions`);
      const own = items.map(({ id }: { id: string }) => id);
      return {
        path: { id: world.published.quizId },
        body: { questionIds: [...own, world.draft.questionId] },
      };
    },
    answers: [409, 'questions_changed'],
  },
  'startAttempt enrollmentId': {
    as: 'stranger',
    call: ({ published }) => ({
      path: { id: published.quizId },
      body: { enrollmentId: published.enrollmentId },
    }),
    answers: attempted,
  },
  'listQuizAttempts enrollmentId': {
    as: 'owner',
    call: ({ draft, published }) => ({
      path: { id: draft.quizId },
      query: `?enrollmentId=${published.enrollmentId}`,
    }),
    answers: 'empty',
  },
  'listCourseAttempts enrollmentId': {
    as: 'owner',
    call: ({ draft, published }) => ({
      path: { id: draft.id },
      query: `?enrollmentId=${published.enrollmentId}`,
    }),
    answers: 'empty',
  },
  'saveAnswers answers.questionId': ofAttempt((world) => ({
    path: { id: world.openAttemptId },
    body: foreignAnswer(world),
  })),
  'submitAttempt answers.questionId': ofAttempt((world) => ({
    path: { id: world.openAttemptId },
    body: foreignAnswer(world),
  })),
  'gradeAttempt grades.questionId': ofAttempt(
    ({ submittedAttempt: { id }, draft }) => ({
      path: { id },
      body: { grades: [{ questionId: draft.questionId, points: 1 }] },
    }),
    'owner',
  ),

  'putLessonFile fileId': ofFile('owner', ({ files }) => ({ id: files.lessonId })),
  'attachFile fileId': ofFile('owner', ({ published }) => ({ id: published.videoLessonId })),
  'putMyAvatar fileId': ofFile('stranger', () => ({})),
  'putCoursePicture fileId': ofFile('owner', ({ published }) => ({ id: published.id })),
  'startImport fileId': ofFile('owner', () => ({}), { kind: 'enrollments' }),

  'listCertificates courseId': {
    as: 'otherInstructor',
    call: ({ published }) => ({ query: `?courseId=${published.id}` }),
    answers: [403, 'forbidden'],
  },
  'listCertificates userId': {
    as: 'otherInstructor',
    call: ({ people }) => ({ query: `?userId=${people.student.id}` }),
    answers: [403, 'forbidden'],
  },
  'putSignInPolicy mfaRequiredForCustomRoles':
    'roles are nobody’s own; unknown ones are 400, see step-up.test.ts',
  'readNotifications ids': 'those of others are passed over, see notifications.test.ts',
  'readNotifications upTo': 'a place among one’s own, see notifications.test.ts',
  'followEvents lastEventId': 'a place in one’s own stream',
  'listWebhookDeliveries eventId': filtersAll,
  'listMails userId': filtersAll,
  'listAuditEvents actorId': filtersAll,
  'listAuditEvents apiKeyId': filtersAll,
  'listAuditEvents courseId': filtersAll,
  'listAuditEvents impersonatorId': filtersAll,
  'listAuditEvents personId': filtersAll,
  'listAuditEvents requestId': filtersAll,
  'listAuditEvents sessionId': filtersAll,
  'listAuditEvents targetId': filtersAll,
  'exportAuditEvents actorId': filtersAll,
  'exportAuditEvents apiKeyId': filtersAll,
  'exportAuditEvents courseId': filtersAll,
  'exportAuditEvents impersonatorId': filtersAll,
  'exportAuditEvents personId': filtersAll,
  'exportAuditEvents requestId': filtersAll,
  'exportAuditEvents sessionId': filtersAll,
  'exportAuditEvents targetId': filtersAll,
};
