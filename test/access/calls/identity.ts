import { randomUUID } from 'node:crypto';
import { makePerson, signIn } from '#test/people.ts';
import { makeBystander } from '../people.ts';
import type { Caller } from '../callers.ts';
import type { Recipe } from '../recipe.ts';
import type { World } from '../world.ts';

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
  // Of a session of its own, since the caller's must live on.
  logout: async (world, caller) =>
    caller === 'anonymous' ? {} : { token: (await anotherSession(world, caller)).token },

  getMe: () => ({}),
  updateMe: (_, caller) => ({ body: { name: caller } }),

  listUsers: () => ({}),
  createUser: () => ({ body: { name: 'New', role: 'instructor' } }),
  getUser: ({ people }) => ({ path: { id: people.student.id } }),
  'getUser (oneself)': (world, caller) => ({ path: { id: personOf(world, caller).id } }),
  updateUser: async ({ server }) => ({
    path: { id: await makeBystander(server) },
    body: { role: 'instructor' },
  }),
  deactivateUser: async ({ server }) => ({ path: { id: await makeBystander(server) } }),
  'deactivateUser (oneself)': async (world, caller) => {
    if (caller !== 'admin') return { path: { id: personOf(world, caller).id } };
    const { id, token } = await makePerson(world.server, 'admin');
    return { path: { id }, token };
  },
};

// The anonymous borrow what only somebody has.
function personOf({ people }: World, caller: Caller) {
  return people[caller === 'anonymous' ? 'student' : caller];
}

async function anotherSession(world: World, caller: Caller) {
  const { email, password } = personOf(world, caller);
  return signIn(world.server, email, password);
}
