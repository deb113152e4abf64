import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';

export type NewEntryRow = {
  id: string;
  at: Date;
  action: string;
  outcome: string;
  actor_kind: string;
  actor_id: string | null;
  session_id: string | null;
  api_key_id: string | null;
  impersonator_id: string | null;
  request_id: string | null;
  target_kind: string;
  target_id: string | null;
  person_id: string | null;
  course_id: string | null;
  /** JSON. */
  details: string | null;
  salt: Buffer | null;
  details_digest: Buffer | null;
};

/** Keeps entries and notes that they are to be sealed. One statement. */
export async function insertEntries(db: Db | Tx, rows: readonly NewEntryRow[]): Promise<void> {
  await db
    .with('kept', (one) =>
      one
        .insertInto('audit_entry')
        .values(rows.map((row) => ({ ...row, details: sql`${row.details}::jsonb` })))
        .returning('id'),
    )
    .insertInto('audit_unsealed')
    .columns(['entry_id'])
    .expression((eb) => eb.selectFrom('kept').select('id'))
    .execute();
}

/** Takes out the personal part of what a person did or what concerns them. Returns of how many entries. */
export async function eraseDetails(tx: Tx, userId: string, erasedBy: string): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('audit_entry')
    .set({ details: null, salt: null, erased_by: erasedBy })
    .where((eb) =>
      eb.or([
        eb('actor_id', '=', userId),
        eb('person_id', '=', userId),
        // From where they came, who acted as another.
        eb('impersonator_id', '=', userId),
      ]),
    )
    .where('details', 'is not', null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
