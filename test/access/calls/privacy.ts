import { makePerson } from '#test/people.ts';
import { leaveOneAdmin } from './identity.ts';
import { makeBystander } from '../people.ts';
import type { Recipe } from '../recipe.ts';
import { must, type World } from '../world.ts';

export const privacyCalls: Record<string, Recipe> = {
  // By somebody new, since who asked is not as before.
  requestMyErasure: async (world, caller) => (caller === 'anonymous' ? {} : { token: await newToken(world) }),
  'requestMyErasure (an owner)': async (world, caller) =>
    caller === 'anonymous' || caller === 'owner' ? {} : { token: await newToken(world) },
  getMyErasure: async (world, caller) => (caller === 'anonymous' ? {} : { token: await leavingToken(world) }),
  withdrawMyErasure: async (world, caller) =>
    caller === 'anonymous' ? {} : { token: await leavingToken(world) },
  requestUserErasure: async ({ server }) => ({ path: { id: await makeBystander(server) } }),
  'requestUserErasure (who may do more)': async (world, caller) => ({
    path: { id: await makeBystander(world.server, 'instructor') },
    ...(caller === 'stranger' && { token: world.roles.delegate.token }),
  }),
  'requestUserErasure (the last admin)': async (world, caller) => {
    if (caller === 'admin') await leaveOneAdmin(world);
    return { path: { id: world.people.admin.id } };
  },
  withdrawUserErasure: async (world) => {
    const id = await makeBystander(world.server);
    await must(world, 'admin', 'POST', `/users/${id}/erasure`);
    return { path: { id } };
  },
  getErasureReceipt: async (world) => {
    const id = await makeBystander(world.server);
    const wish = await must(world, 'admin', 'POST', `/users/${id}/erasure`);
    return { path: { id: wish.id } };
  },
};

async function newToken({ server }: World): Promise<string> {
  return (await makePerson(server, 'student')).token;
}

async function leavingToken(world: World): Promise<string> {
  const token = await newToken(world);
  await world.server.post('/me/erasure', {}, token);
  return token;
}
