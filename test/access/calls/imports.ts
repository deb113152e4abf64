import { makeTask } from '#features/tasks/commands/steps.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { newId } from '#platform/ids.ts';
import { uploadFile } from '#test/files.ts';
import type { Caller } from '../callers.ts';
import type { Recipe } from '../recipe.ts';
import type { World } from '../world.ts';

export const importCalls: Record<string, Recipe> = {
  getTask: async (world) => ({ path: { id: await makeOwnersTask(world) } }),
  listMyTasks: () => ({}),
  cancelTask: async (world) => ({ path: { id: await makeOwnersTask(world) } }),

  startImport: async (world, caller) => ({ body: { kind: 'people', fileId: await makeFile(world, caller) } }),
  'startImport (of enrollments)': async (world, caller) => ({
    body: { kind: 'enrollments', fileId: await makeFile(world, caller) },
  }),
  'startImport (a file of another)': async (world) => ({
    body: { kind: 'enrollments', fileId: await makeFile(world, 'student') },
  }),
  getImport: ({ imported }) => ({ path: { id: imported.id } }),
  listImportRows: ({ imported }) => ({ path: { id: imported.id } }),
  applyImport: async (world) => {
    const id = await makeImport(world);
    const { db, clock } = world.server.open.deps;
    // As its job would leave it.
    await db
      .updateTable('task')
      .set({ status: 'succeeded', total: 1, done: 1, finished_at: clock.now() })
      .where('subject_id', '=', id)
      .execute();
    return { path: { id } };
  },
  'applyImport (not checked)': async (world) => ({ path: { id: await makeImport(world) } }),
};

async function makeOwnersTask({ server, people }: World): Promise<string> {
  const id = newId();
  const { deps } = server.open;
  const task = { id, kind: 'planted.task', ownerId: people.owner.id, subjectId: newId(), total: null };
  await inTransaction(deps.db, (tx) => makeTask(deps, tx, task));
  return id;
}

async function makeFile({ server, people }: World, caller: Caller): Promise<string> {
  const person = people[caller === 'anonymous' ? 'student' : caller];
  return (await uploadFile(server, person, 'email,course\na@b.example,x\n', 'file.csv')).id;
}

async function makeImport(world: World): Promise<string> {
  const fileId = await makeFile(world, 'owner');
  const { server, people } = world;
  return (await server.post('/imports', { kind: 'enrollments', fileId }, people.owner.token)).body.id;
}
