import { randomUUID } from 'node:crypto';
import { makeMember } from '#test/factors.ts';
import { makePerson, signIn } from '#test/people.ts';
import { makeBystander, makeInvited, roleOf } from '../people.ts';
import type { Caller } from '../callers.ts';
import type { Call, Recipe } from '../recipe.ts';
import { mailedChange, mailedToken } from '#test/mailed-token.ts';
import { must, type World } from '../world.ts';

export const identityCalls: Record<string, Recipe> = {
  getHealth: () => ({}),
  getReadiness: () => ({}),

  register: () => ({
    body: { email: `${randomUUID()}@example.com`, password: 'ash-and-elder-39', name: 'New' },
  }),
  login: (world, caller) => {
    const { email, password } = personOf(world, caller);
    return { body: { email, password } };
  },
  refresh: async (world, caller) => ({
    body: { refreshToken: (await anotherSession(world, caller)).refreshToken },
  }),
  getCsrfToken: async (world, caller) => {
    const { refreshToken } = await anotherSession(world, caller);
    return { isByCookies: true, headers: { cookie: `__Host-lms_refresh=${refreshToken}` } };
  },
  'getCsrfToken (without cookies)': () => ({}),
  // Of a session of its own, since the caller's must live on.
  logout: async (world, caller) =>
    caller === 'anonymous' ? {} : { token: (await anotherSession(world, caller)).token },

  'logout (by the refresh token)': async (world, caller) => {
    const { token, refreshToken } = await anotherSession(world, caller);
    return { ...(caller !== 'anonymous' && { token }), body: { refreshToken } };
  },

  verifyEmail: async ({ server }) => ({ body: { token: await mailedToken(server, 'verification') } }),
  'verifyEmail (by the address)': (world, caller) => ({ body: { email: personOf(world, caller).email } }),
  'verifyEmail (by a password)': async ({ server }) => ({
    body: { token: await mailedToken(server, 'verification'), password: 'rowan-and-yew-52' },
  }),
  undoRegistration: async ({ server }) => ({ path: { token: await mailedToken(server, 'verification') } }),
  requestPasswordReset: (world, caller) => ({ body: { email: personOf(world, caller).email } }),
  resetPassword: async ({ server }) => ({
    path: { token: await mailedToken(server, 'passwordReset') },
    body: { password: 'rowan-and-yew-52' },
  }),

  acceptInvitation: async ({ server }) => ({
    path: { token: await mailedToken(server, 'invitation', await makeInvited(server)) },
    body: { password: 'rowan-and-yew-52' },
  }),

  confirmEmailChange: async ({ server }) => ({ path: { token: (await mailedChange(server)).confirmToken } }),
  undoEmailChange: async ({ server }) => ({ path: { token: (await mailedChange(server)).undoToken } }),

  getMe: () => ({}),
  updateMe: (_, caller) => ({ body: { name: caller } }),

  // Of somebody else of the role, whose password may become another.
  changeMyPassword: async ({ server }, caller) => {
    const { token, password } = await makePerson(server, roleOf[caller === 'anonymous' ? 'student' : caller]);
    const body = { currentPassword: password, password: 'rowan-and-yew-52' };
    return { body, ...(caller !== 'anonymous' && { token }) };
  },
  requestEmailChange: () => ({ body: { email: `${randomUUID()}@example.com` } }),

  listMySessions: () => ({}),
  // Of a session of its own, since the caller's must live on.
  endMySession: async (world, caller) => {
    const { token } = await anotherSession(world, caller);
    return { path: { id: await currentSession(world, token) }, ...(caller !== 'anonymous' && { token }) };
  },
  endMyOtherSessions: async ({ server }, caller) =>
    caller === 'anonymous' ? {} : { token: (await makeMember(server)).token },
  'endMySession (of another)': async (world) => {
    const { token } = await makePerson(world.server, 'student');
    return { path: { id: await currentSession(world, token) } };
  },

  endUserSessions: async ({ server }) => ({ path: { id: (await makeMember(server)).id } }),
  listUsers: () => ({}),
  createUser: () => ({ body: { name: 'New', role: 'student' } }),
  getUser: ({ people }) => ({ path: { id: people.student.id } }),
  'getUser (oneself)': (world, caller) => ({ path: { id: personOf(world, caller).id } }),
  updateUser: async ({ server }) => ({
    path: { id: await makeBystander(server) },
    body: { name: 'Another' },
  }),
  'updateUser (name of the last admin)': async (world, caller) => {
    if (caller === 'admin') await leaveOneAdmin(world);
    return { path: { id: world.people.admin.id }, body: { name: 'admin' } };
  },
  inviteUser: async ({ server }) => ({ path: { id: await makeInvited(server) } }),
  deactivateUser: async ({ server }) => ({ path: { id: await makeBystander(server) } }),
  'deactivateUser (oneself)': async (world, caller) => {
    if (caller !== 'admin') return { path: { id: personOf(world, caller).id } };
    const { id, token } = await makePerson(world.server, 'admin');
    return { path: { id }, token };
  },
  'deactivateUser (the last admin)': async (world, caller) => {
    if (caller === 'admin') await leaveOneAdmin(world);
    return { path: { id: world.people.admin.id } };
  },
};

/** In a browser that the student is signed in to. */
export async function loginAnew({ server, people: { student } }: World): Promise<Call> {
  const { email, password } = student;
  const { refreshToken } = await signIn(server, email, password);
  const { publicUrl: origin } = server.open.deps.config;
  const headers = { origin, cookie: `__Host-lms_refresh=${refreshToken}` };
  return { isByCookies: true, headers, body: { email, password, session: 'cookie' } };
}

export async function leaveOneAdmin(world: World): Promise<void> {
  const { items } = await must(world, 'admin', 'GET', '/users?role=admin&status=active&limit=100');
  for (const { id } of items) {
    if (id !== world.people.admin.id) await must(world, 'admin', 'DELETE', `/users/${id}`);
  }
}

// The anonymous borrow what only somebody has.
function personOf({ people }: World, caller: Caller) {
  return people[caller === 'anonymous' ? 'student' : caller];
}

async function anotherSession(world: World, caller: Caller) {
  const { email, password } = personOf(world, caller);
  return signIn(world.server, email, password);
}

async function currentSession({ server }: World, token: string): Promise<string> {
  const { items } = (await server.get('/me/sessions?limit=100', token)).body;
  return items.find((each: { isCurrent: boolean }) => each.isCurrent).id as string;
}
