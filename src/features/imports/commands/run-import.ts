import type { Static } from 'typebox';
import { openFile } from '#features/files/commands/find-importable.ts';
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
import { newId } from '#platform/ids.ts';
import type { JobRun } from '#platform/jobs/definition.ts';
import { ImportFileError } from '../csv/file-error.ts';
import { columnsOf } from '../csv/columns.ts';
import { readRows } from '../csv/read-rows.ts';
import { runImportJob, type Stage } from '../job-definitions.ts';
import { refusalOfImporting } from '../policy.ts';
import { findImport, type ImportRow } from '../queries/imports.ts';
import { insertRows } from '../queries/rows.ts';
import { uniqueRows, type UniqueRow } from './unique-rows.ts';
import { importEnrollmentRows } from './enrollment-rows.ts';
import type { ChunkImport } from './import-chunk.ts';
import { createPeopleRows } from './people-rows.ts';

const chunkSize = 250;
/** Well within the 15 minutes after which a job is taken for dead; the next goes on. */
const maxJobMs = 300_000;

type Going = { row: ImportRow; stage: Stage; task: TaskRow; importChunk: ChunkImport };
type Payload = Static<typeof runImportJob.payload>;

/**
 * Goes through the file of an import, some rows a transaction: what they change, what is told of them and how far it
 * is. So whatever ends it, the next run goes on behind the last row that was done. Of two runs at once one gives way.
 */
export async function runImport(deps: Deps, payload: Payload, run: Pick<JobRun, 'signal' | 'isLastAttempt'>) {
  const going = await begin(deps, payload);
  if (!going) return;
  try {
    const left = await goThrough(deps, going, run.signal);
    if (left) await inTransaction(deps.db, (tx) => deps.jobs.enqueue(tx, runImportJob, payload));
  } catch (error) {
    const isFault = !(error instanceof ImportFileError);
    if (isFault && !run.isLastAttempt) throw error;
    const end = isFault ? { code: 'internal', errors: [] } : { code: error.code, errors: error.errors };
    await inTransaction(deps.db, (tx) => finishTask(deps, tx, going.task.id, { status: 'failed', ...end }));
    if (isFault) throw error;
  }
}

async function begin(deps: Deps, { importId, stage }: Payload): Promise<Going | undefined> {
  const row = await findImport(deps.db, importId);
  const taskId = (stage === 'dryRun' ? row?.dry_run : row?.application)?.task_id;
  if (!row || taskId === undefined) return undefined;
  const task = await inTransaction(deps.db, (tx) => beginTask(deps, tx, taskId));
  return (
    task && {
      row,
      stage,
      task,
      importChunk: row.kind === 'people' ? createPeopleRows() : importEnrollmentRows,
    }
  );
}

/** Whether there is more to do, for another job. */
async function goThrough(deps: Deps, going: Going, signal: AbortSignal): Promise<boolean> {
  const { row, task } = going;
  const source = row.file_id === null ? undefined : await openFile(deps, row.file_id);
  if (!source) throw new ImportFileError('file_gone');
  const startedAt = performance.now();
  let at = 0;
  let chunk: UniqueRow[] = [];
  for await (const each of uniqueRows(row.kind, readRows(source, columnsOf[row.kind]))) {
    at += 1;
    if (at <= task.done) continue;
    chunk.push(each);
    if (chunk.length < chunkSize) continue;
    if (!(await doChunk(deps, going, { from: at - chunk.length, chunk, isLast: false }))) return false;
    chunk = [];
    if (signal.aborted || performance.now() - startedAt > maxJobMs) return true;
  }
  await doChunk(deps, going, { from: at - chunk.length, chunk, isLast: true });
  return false;
}

type Part = { from: number; chunk: readonly UniqueRow[]; isLast: boolean };

/** False where the task has ended, by whatever. */
async function doChunk(deps: Deps, going: Going, part: Part): Promise<boolean> {
  return inTransaction(deps.db, async (tx) => {
    const { id, owner_id: ownerId } = going.task;
    if (!(await holdTask(tx, id, part.from))) return false;
    // As they are now: rights may have been taken since the file was handed in.
    const actor = await findActor(tx, ownerId);
    const refusal = actor && refusalOfImporting(actor, going.row.kind);
    if (!actor || refusal) {
      const code = refusal?.code ?? 'account_deactivated';
      await finishTask(deps, tx, id, { status: 'failed', code, errors: refusal?.errors ?? [] });
      return false;
    }
    await keep(deps, tx, going, { actor, part });
    return true;
  });
}

type Work = { actor: Parameters<ChunkImport>[2]['actor']; part: Part };

async function keep(deps: Deps, tx: Tx, { row, stage, task, importChunk }: Going, { actor, part }: Work) {
  const { from, chunk, isLast } = part;
  const outcomes = await importChunk(deps, tx, {
    actor,
    isDryRun: stage === 'dryRun',
    rows: chunk,
    from,
    startedAt: task.started_at ?? deps.clock.now(),
  });
  await insertRows(
    tx,
    { importId: row.id, stage },
    outcomes.map((outcome) => ({ id: newId(), ...outcome })),
  );
  await advanceTask(deps, tx, task.id, from + chunk.length);
  if (isLast) await finishTask(deps, tx, task.id, { status: 'succeeded' });
}
