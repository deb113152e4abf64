import { Readable } from 'node:stream';
import { discardContent } from '#features/files/commands/store-content.ts';
import { findActor } from '#features/identity/commands/find-actor.ts';
import {
  advanceTask,
  beginTask,
  finishTask,
  holdTask,
  type TaskRow,
} from '#features/tasks/commands/steps.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import type { StoredFile } from '#platform/files/file-store.ts';
import { newId } from '#platform/ids.ts';
import type { JobRun } from '#platform/jobs/definition.ts';
import { fillArchive } from '../archive/fill-archive.ts';
import { writeZip } from '../archive/zip.ts';
import { dataExportReady } from '../events.ts';
import { archivePrefix } from '../job-definitions.ts';
import { lockUnready, markReady, setKey, takeEarlier } from '../queries/data-exports.ts';

const dayMs = 86_400_000;
/** How often a run tells how far it is, and looks whether it is still wanted. */
const tellEveryMs = 2_000;

type Going = { exportId: string; personId: string; task: TaskRow; storeKey: string; told: number };

/** The task was cancelled, the person erased, or another run goes on with the export. */
class NotWanted extends Error {
  override name = 'NotWanted';
}

/**
 * Writes the archive of an export into the store. Each run writes under a key of its own, which the row names from its beginning,
 * and takes away what an earlier run left: so of a run that is killed at any moment nothing stays, and of two runs at once one
 * archive.
 */
export async function makeExport(
  deps: Deps,
  { exportId }: { exportId: string },
  { signal, isLastAttempt }: Pick<JobRun, 'signal' | 'isLastAttempt'>,
): Promise<void> {
  const going = await begin(deps, exportId);
  if (!going) return;
  try {
    const stored = await store(deps, going, signal);
    for (const key of await finish(deps, going, stored)) await discardContent(deps, key);
  } catch (error) {
    await discardContent(deps, going.storeKey);
    const isWanted = !(error instanceof NotWanted);
    if (isWanted && !isLastAttempt) throw error;
    await giveUp(deps, going);
    if (isWanted) throw error;
  }
}

async function begin(deps: Deps, exportId: string): Promise<Going | undefined> {
  const begun = await inTransaction(deps.db, async (tx) => {
    const row = await lockUnready(tx, exportId);
    const task = row && (await beginTask(deps, tx, row.task_id));
    if (!row || !task) return undefined;
    if (!(await findActor(tx, row.user_id))) {
      await finishTask(deps, tx, task.id, { status: 'failed', code: 'account_deactivated', errors: [] });
      return undefined;
    }
    const storeKey = `${archivePrefix}${newId()}`;
    await setKey(tx, exportId, storeKey);
    const going = { exportId, personId: row.user_id, task, storeKey, told: task.done };
    return { going, left: row.store_key };
  });
  if (begun?.left != null) await discardContent(deps, begun.left);
  return begun?.going;
}

function store(deps: Deps, going: Going, signal: AbortSignal): Promise<StoredFile> {
  const next = stepsOf(deps, going, signal);
  const bytes = writeZip((zip) => fillArchive(deps, zip, { personId: going.personId, next }));
  const source = Readable.from(bytes, { objectMode: false });
  return deps.files.put(going.storeKey, source, { contentType: 'application/zip', signal });
}

/** Counts the parts, and now and then tells of them; throws where the export is not wanted any more. */
function stepsOf(deps: Deps, going: Going, signal: AbortSignal): () => Promise<void> {
  let done = 0;
  let toldAt = performance.now();
  return async () => {
    signal.throwIfAborted();
    done += 1;
    if (performance.now() - toldAt < tellEveryMs) return;
    await inTransaction(deps.db, async (tx) => {
      await hold(tx, going);
      await advanceTask(deps, tx, going.task.id, done);
    });
    going.told = done;
    toldAt = performance.now();
  };
}

/** Holds export and task, until the transaction ends, for the run that writes. Throws where that is another, or none. */
async function hold(tx: Tx, { exportId, storeKey, task, told }: Going): Promise<void> {
  const row = await lockUnready(tx, exportId);
  if (row?.store_key !== storeKey || !(await holdTask(tx, task.id, told))) throw new NotWanted();
}

/** Names the archive in place of all earlier ones, whose keys it returns. */
function finish(deps: Deps, going: Going, { sizeBytes, sha256 }: StoredFile): Promise<string[]> {
  const { exportId, personId, task } = going;
  const now = deps.clock.now();
  const expiresAt = new Date(now.getTime() + deps.config.dataExportKeepDays * dayMs);
  return inTransaction(deps.db, async (tx) => {
    await hold(tx, going);
    await markReady(tx, exportId, { sizeBytes, sha256, now, expiresAt });
    await finishTask(deps, tx, task.id, { status: 'succeeded' });
    await deps.events.publish(tx, fact(dataExportReady, null, now, { userId: personId, exportId }));
    return takeEarlier(tx, personId, exportId);
  });
}

/** Ends the task, unless it has ended or another run goes on with it. */
async function giveUp(deps: Deps, { exportId, storeKey, task }: Going): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const row = await lockUnready(tx, exportId);
    if (row?.store_key !== storeKey) return;
    await setKey(tx, exportId, null);
    await finishTask(deps, tx, task.id, { status: 'failed', code: 'internal', errors: [] });
  });
}
