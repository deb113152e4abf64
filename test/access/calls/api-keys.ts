import type { Caller } from '../callers.ts';
import type { Recipe } from '../recipe.ts';
import { must, type World } from '../world.ts';

const body = { name: 'Nightly import', scopes: ['courses:read'] };

export const apiKeyCalls: Record<string, Recipe> = {
  listMyApiKeys: () => ({}),
  createMyApiKey: () => ({ body }),
  rotateMyApiKey: async (world, caller) => ({ path: { id: await makeKey(world, caller) } }),
  'rotateMyApiKey (of another)': async (world) => ({ path: { id: await makeKey(world, 'coInstructor') } }),
  revokeMyApiKey: async (world, caller) => ({ path: { id: await makeKey(world, caller) } }),
  'revokeMyApiKey (of another)': async (world) => ({ path: { id: await makeKey(world, 'coInstructor') } }),
  listUserApiKeys: ({ people }) => ({ path: { id: people.student.id } }),
  revokeUserApiKey: async (world) => ({
    path: { id: world.people.student.id, keyId: await makeKey(world, 'student') },
  }),
};

async function makeKey(world: World, caller: Caller): Promise<string> {
  const who = caller === 'anonymous' ? 'student' : caller;
  const { id } = await must(world, who, 'POST', '/me/api-keys', body);
  // They would pass the number that one may have.
  const { items } = await must(world, who, 'GET', '/me/api-keys?limit=100');
  for (const key of items) {
    if (key.id !== id && key.status === 'active') await must(world, who, 'DELETE', `/me/api-keys/${key.id}`);
  }
  return id as string;
}
