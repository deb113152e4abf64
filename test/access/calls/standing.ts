import { makeMember, makeStale } from '#test/factors.ts';
import { leaveOneAdmin } from './identity.ts';
import { makeBystander } from '../people.ts';
import type { Caller } from '../callers.ts';
import type { Call, Recipe } from '../recipe.ts';
import { must, type World } from '../world.ts';

const body = { reason: 'Until the fee is paid' };
const acting = { reason: 'They cannot find their course' };

/** Suspended people, and who acts as others. */
export const standingCalls: Record<string, Recipe> = {
  getSuspension: async (world) => ({ path: { id: await makeSuspended(world) } }),
  'getSuspension (of who is not suspended)': ({ people }) => ({ path: { id: people.student.id } }),
  suspendUser: async ({ server }) => ({ path: { id: await makeBystander(server) }, body }),
  'suspendUser (again)': async (world) => ({
    path: { id: await makeSuspended(world) },
    body: { ...body, isReasonTold: true },
  }),
  'suspendUser (oneself)': async ({ server, people }, caller) => {
    // Else they would be the last.
    if (caller === 'admin') await makeBystander(server, 'admin');
    return { path: { id: people[caller === 'anonymous' ? 'student' : caller].id }, body };
  },
  'suspendUser (the last admin)': async (world, caller) => {
    if (caller === 'admin') await leaveOneAdmin(world);
    return { path: { id: world.people.admin.id }, body };
  },
  'suspendUser (the deactivated)': async (world) => {
    const id = await makeBystander(world.server);
    await must(world, 'admin', 'DELETE', `/users/${id}`);
    return { path: { id }, body };
  },
  'suspendUser (who may do more)': async (world, caller) => ({
    path: { id: await makeBystander(world.server, 'instructor') },
    body,
    ...byDelegate(world, caller),
  }),
  endSuspension: async (world) => ({ path: { id: await makeSuspended(world) } }),
  'endSuspension (of who may do more)': async (world, caller) => ({
    path: { id: await makeSuspended(world, 'instructor') },
    ...byDelegate(world, caller),
  }),
  'endSuspension (of who is not suspended)': ({ people }) => ({ path: { id: people.student.id } }),

  startImpersonation: ({ people }) => ({ path: { id: people.student.id }, body: acting }),
  'startImpersonation (by a delegate)': (world, caller) => ({
    path: { id: world.people.student.id },
    body: acting,
    ...byDelegate(world, caller),
  }),
  'startImpersonation (of an admin)': async ({ server }) => ({
    path: { id: await makeBystander(server, 'admin') },
    body: acting,
  }),
  'startImpersonation (of a delegate)': ({ roles }) => ({ path: { id: roles.delegate.id }, body: acting }),
  'startImpersonation (of the suspended)': async (world) => ({
    path: { id: await makeSuspended(world) },
    body: acting,
  }),
  'startImpersonation (after a long time)': async (world, caller) => ({
    path: { id: world.people.student.id },
    body: acting,
    ...(caller === 'admin' && { token: await staleToken(world) }),
  }),
  endImpersonation: async (world) => ({ path: await beginActing(world) }),
  'endImpersonation (that is over)': async (world) => {
    const path = await beginActing(world);
    await must(world, 'admin', 'DELETE', `/users/${path.id}/impersonations/${path.impersonationId}`);
    return { path };
  },
};

async function makeSuspended(world: World, role: 'student' | 'instructor' = 'student'): Promise<string> {
  const id = await makeBystander(world.server, role);
  await must(world, 'admin', 'PUT', `/users/${id}/suspension`, body);
  return id;
}

async function beginActing(world: World): Promise<{ id: string; impersonationId: string }> {
  const { id } = world.people.student;
  const begun = await must(world, 'admin', 'POST', `/users/${id}/impersonations`, acting);
  return { id, impersonationId: begun.id as string };
}

function byDelegate({ roles }: World, caller: Caller): Pick<Call, 'token'> {
  return caller === 'stranger' ? { token: roles.delegate.token } : {};
}

async function staleToken({ server }: World): Promise<string> {
  const { id, token } = await makeMember(server, 'admin');
  await makeStale(server, id);
  return token;
}
