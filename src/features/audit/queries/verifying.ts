import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { sealedColumns, type Head } from './chain.ts';

export type Checkpoint = Head & { entry_id: string; action: string | null; details: unknown };

/** Where the chain begins since it was last purged, with the entry that tells of it, where that is there. */
export function findCheckpoint(db: Db): Promise<Checkpoint | undefined> {
  return db
    .selectFrom('audit_checkpoint')
    .leftJoin('audit_entry', 'audit_entry.id', 'audit_checkpoint.entry_id')
    .select(['position', 'hash', 'entry_id', 'action', 'details'])
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Seals behind a place and up to another, in their order, each with its entry and what erased its personal part. */
export function listSealed(db: Db, range: { after: number; upTo: number }, limit: number) {
  return db
    .selectFrom('audit_seal')
    .leftJoin('audit_entry', 'audit_entry.id', 'audit_seal.entry_id')
    .leftJoin('audit_entry as erasure', 'erasure.id', 'audit_entry.erased_by')
    .select([
      'position',
      'hash',
      'entry_id',
      ...sealedColumns.map((column) =>
        column === 'audit_entry.id' ? column : (`audit_entry.${column}` as const),
      ),
      'audit_entry.details',
      'audit_entry.salt',
      'erasure.action as erasure_action',
    ])
    .where('position', '>', range.after)
    .where('position', '<=', range.upTo)
    .orderBy('position')
    .limit(limit)
    .execute();
}
export type SealedEntry = Awaited<ReturnType<typeof listSealed>>[number];

/**
 * Looks at the `limit` entries behind an id: the last of them, null at the end, and the first that is neither sealed nor
 * waits for it. One statement sees both, since sealing is one transaction.
 */
export async function findStray(
  db: Db,
  after: string,
  limit: number,
): Promise<{ last: string | null; stray: string | null }> {
  const { rows } = await sql<{ last: string | null; stray: string | null }>`
    with page as materialized (select id from audit_entry where id > ${after} order by id limit ${limit})
    select (select id from page order by id desc limit 1) as last, (
      select id from page
      where not exists (select from audit_seal s where s.entry_id = page.id)
        and not exists (select from audit_unsealed u where u.entry_id = page.id)
      order by id limit 1) as stray`.execute(db);
  return rows[0] ?? { last: null, stray: null };
}

/** What waits to be sealed and is from before `before`, or is no longer there. */
export function findOverdue(
  db: Db,
  before: Date,
): Promise<{ entry_id: string; isThere: boolean } | undefined> {
  return db
    .selectFrom('audit_unsealed')
    .leftJoin('audit_entry', 'audit_entry.id', 'audit_unsealed.entry_id')
    .select(['entry_id', sql<boolean>`audit_entry.id is not null`.as('isThere')])
    .where((eb) => eb.or([eb('audit_entry.id', 'is', null), eb('at', '<', before)]))
    .orderBy('entry_id')
    .limit(1)
    .executeTakeFirst();
}
