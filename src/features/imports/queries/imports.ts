import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { inChunks, purgedAtOnce } from '#platform/db/purging.ts';
import type { Reason } from '#platform/errors.ts';
import type { ImportKind } from '../csv/columns.ts';
import type { Stage } from '../job-definitions.ts';

/** One going through the file, with its task. */
export type RunRow = {
  task_id: string;
  task_status: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  done: number;
  total: number | null;
  error_code: string | null;
  errors: Reason[];
  created_count: number;
  updated_count: number;
  unchanged_count: number;
  failed_count: number;
};

export type ImportRow = NonNullable<Awaited<ReturnType<typeof findImport>>>;

const run = (stage: Stage) => sql<RunRow | null>`(
  select json_build_object(
    'task_id', task.id, 'task_status', task.status, 'done', task.done, 'total', task.total,
    'error_code', task.error_code, 'errors', task.errors, 'created_count', run.created_count,
    'updated_count', run.updated_count, 'unchanged_count', run.unchanged_count, 'failed_count', run.failed_count)
  from csv_import_run as run join task on task.id = run.task_id
  where run.import_id = csv_import.id and run.stage = ${sql.lit(stage)})`;

function importsIn(db: Db | Tx) {
  return db
    .selectFrom('csv_import')
    .select((eb) => [
      'csv_import.id',
      eb.ref('csv_import.kind').$castTo<ImportKind>().as('kind'),
      'csv_import.owner_id',
      'csv_import.file_id',
      'csv_import.created_at',
      run('dryRun').as('dry_run'),
      run('application').as('application'),
    ]);
}

/** An import with both ways through its file: null where that has not begun. */
export function findImport(db: Db | Tx, id: string) {
  return importsIn(db).where('csv_import.id', '=', id).executeTakeFirst();
}

/** The same, its row locked until the transaction ends. */
export async function lockImport(tx: Tx, id: string): Promise<ImportRow | undefined> {
  const held = await tx
    .selectFrom('csv_import')
    .select('id')
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  // By a second statement, which sees what was committed while the first waited.
  return held && findImport(tx, id);
}

export async function insertImport(
  tx: Tx,
  row: { id: string; kind: ImportKind; ownerId: string; fileId: string; now: Date },
): Promise<void> {
  await tx
    .insertInto('csv_import')
    .values({ id: row.id, kind: row.kind, owner_id: row.ownerId, file_id: row.fileId, created_at: row.now })
    .execute();
}

export async function insertRun(
  tx: Tx,
  of: { importId: string; stage: Stage; taskId: string },
): Promise<void> {
  await tx
    .insertInto('csv_import_run')
    .values({ import_id: of.importId, stage: of.stage, task_id: of.taskId })
    .execute();
}

/** Made before `before`, with what became of their rows. Returns how many. */
export async function purgeImports(db: Db, before: Date, signal: AbortSignal): Promise<number> {
  // First, since one import may have a hundred thousand.
  await inChunks(async () => {
    const { rows } = await sql`
      delete from csv_import_row where id in (
        select r.id from csv_import join csv_import_row r on r.import_id = csv_import.id
        where csv_import.created_at < ${before} limit ${purgedAtOnce})
      returning 1`.execute(db);
    return rows.length;
  }, signal);
  if (signal.aborted) return 0;
  return inChunks(async () => {
    const { rows } = await sql`
      delete from csv_import where id in (
        select id from csv_import where created_at < ${before} limit ${purgedAtOnce})
      returning 1`.execute(db);
    return rows.length;
  }, signal);
}
