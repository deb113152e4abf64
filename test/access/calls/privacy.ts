import { runSql } from '#platform/db/database.ts';
import { newId } from '#platform/ids.ts';
import { plant } from '#test/files.ts';
import { makePerson } from '#test/people.ts';
import { leaveOneAdmin } from './identity.ts';
import type { Caller } from '../callers.ts';
import { makeBystander, type SignedInCaller } from '../people.ts';
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

  requestMyDataExport: async (world, caller) => {
    await forgetExports(world, known(caller));
    return {};
  },
  'requestMyDataExport (while one is made)': async (world, caller) => {
    await beginExport(world, known(caller));
    return {};
  },
  listMyDataExports: () => ({}),
  getMyDataExport: async (world, caller) => ({ path: { id: await beginExport(world, known(caller)) } }),
  'getMyDataExport (another’s)': async (world, caller) => ({
    path: { id: await beginExport(world, anotherThan(caller)) },
  }),
  createMyDataExportLink: async (world, caller) => ({ path: { id: await endExport(world, known(caller)) } }),
  'createMyDataExportLink (another’s)': async (world, caller) => ({
    path: { id: await endExport(world, anotherThan(caller)) },
  }),
  getDataExportContent: async (world) => ({ path: { id: await endExport(world, 'student') } }),
  'getDataExportContent (by a ticket)': async (world) => {
    const id = await endExport(world, 'student');
    const { url } = await must(world, 'student', 'POST', `/me/data-exports/${id}/links`);
    return { path: { id }, query: new URL(url).search };
  },
};

function known(caller: Caller): SignedInCaller {
  return caller === 'anonymous' ? 'student' : caller;
}

function anotherThan(caller: Caller): SignedInCaller {
  return caller === 'student' ? 'stranger' : 'student';
}

/** Those that would stand in the way of another one today. */
async function forgetExports({ server, people }: World, caller: SignedInCaller): Promise<void> {
  await runSql(
    server.open.deps.db,
    'delete from data_export where user_id = $1 and (ready_at is null or store_key is not null)',
    [people[caller].id],
  );
}

/** An export of theirs that waits for its job. */
async function beginExport(world: World, caller: SignedInCaller): Promise<string> {
  await forgetExports(world, caller);
  return (await must(world, caller, 'POST', '/me/data-exports')).id;
}

/** One whose archive is ready: put there, since to make it takes a while. */
async function endExport(world: World, caller: SignedInCaller): Promise<string> {
  const { server, people } = world;
  const id = newId();
  await plant(server, `exports/${id}`, 'archive');
  const { db, clock } = server.open.deps;
  await runSql(
    db,
    `insert into data_export (id, user_id, task_id, requested_at, store_key, ready_at, expires_at, size_bytes, sha256)
     values ($1, $2, $1, $3, $4, $3, $5, 7, 'x')`,
    [id, people[caller].id, clock.now(), `exports/${id}`, new Date(clock.now().getTime() + 86_400_000)],
  );
  return id;
}

async function newToken({ server }: World): Promise<string> {
  return (await makePerson(server, 'student')).token;
}

async function leavingToken(world: World): Promise<string> {
  const token = await newToken(world);
  await world.server.post('/me/erasure', {}, token);
  return token;
}
