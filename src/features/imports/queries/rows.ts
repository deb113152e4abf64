import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { fetchPage, type PageRequest } from '#platform/db/page.ts';
import type { Reason } from '#platform/errors.ts';
import type { Stage } from '../job-definitions.ts';

export type RowStatus = 'created' | 'updated' | 'unchanged' | 'failed';
export type NewImportRow = {
  id: string;
  line: number;
  status: RowStatus;
  errors: readonly Reason[];
  userId: string | null;
  enrollmentId: string | null;
};
export type StoredRow = Awaited<ReturnType<typeof listRows>>['rows'][number];

type Run = { importId: string; stage: Stage };

/** Keeps what became of these rows, and counts them. */
export async function insertRows(
  tx: Tx,
  { importId, stage }: Run,
  rows: readonly NewImportRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .insertInto('csv_import_row')
    .values(
      rows.map((row) => ({
        id: row.id,
        import_id: importId,
        stage,
        line: row.line,
        status: row.status,
        errors: sql`${JSON.stringify(row.errors)}::jsonb`,
        user_id: row.userId,
        enrollment_id: row.enrollmentId,
      })),
    )
    .execute();
  const count = (status: RowStatus) => rows.filter((row) => row.status === status).length;
  await tx
    .updateTable('csv_import_run')
    .set((eb) => ({
      created_count: eb('created_count', '+', count('created')),
      updated_count: eb('updated_count', '+', count('updated')),
      unchanged_count: eb('unchanged_count', '+', count('unchanged')),
      failed_count: eb('failed_count', '+', count('failed')),
    }))
    .where('import_id', '=', importId)
    .where('stage', '=', stage)
    .execute();
}

export function listRows(
  db: Db,
  { importId, stage, status }: Run & { status: RowStatus[] | undefined },
  page: Omit<PageRequest, 'filters'>,
) {
  let query = db
    .selectFrom('csv_import_row')
    .select((eb) => [
      'csv_import_row.line',
      eb.ref('csv_import_row.status').$castTo<RowStatus>().as('status'),
      eb.ref('csv_import_row.errors').$castTo<Reason[]>().as('errors'),
      'csv_import_row.user_id',
      'csv_import_row.enrollment_id',
    ])
    .where('csv_import_row.import_id', '=', importId)
    .where('csv_import_row.stage', '=', stage);
  if (status) query = query.where('csv_import_row.status', 'in', status);
  const keys = { line: { by: sql.ref('csv_import_row.line'), type: 'int4' } } as const;
  return fetchPage(query, keys, sql.ref('csv_import_row.id'), {
    ...page,
    filters: { importId, stage, status },
  });
}
