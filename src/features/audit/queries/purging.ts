import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import type { Head } from './chain.ts';

/**
 * The last of the oldest `limit` seals up to which every entry is of before `before`, and how many of them those are;
 * undefined where the oldest is younger. A seal without its entry ends the stretch: a purge must not hide what was removed.
 */
export async function findPurgeable(
  db: Db | Tx,
  before: Date,
  limit: number,
): Promise<(Head & { count: number }) | undefined> {
  const { rows } = await sql<Head & { number: number }>`
    select position, hash, number from (
      select s.position, s.hash, row_number() over (order by s.position) as number,
        bool_and(coalesce(e.at < ${before}, false)) over (order by s.position) as is_old
      from (select * from audit_seal order by position limit ${limit}) as s
      left join audit_entry e on e.id = s.entry_id) as looked_at
    where is_old order by position desc limit 1`.execute(db);
  const [last] = rows;
  return last && { position: last.position, hash: last.hash, count: last.number };
}

export async function insertCheckpoint(tx: Tx, { position, hash }: Head, entryId: string): Promise<void> {
  await tx.insertInto('audit_checkpoint').values({ position, hash, entry_id: entryId }).execute();
}

/** Deletes what stands before a checkpoint, entries first: their seals say that they may go. Heads told of it go too. */
export async function deleteUpTo(tx: Tx, position: number): Promise<void> {
  await sql`
    delete from audit_entry where id in (select entry_id from audit_seal where position <= ${position})`.execute(
    tx,
  );
  await tx.deleteFrom('audit_seal').where('position', '<=', position).execute();
  await tx.deleteFrom('audit_told_head').where('position', '<', position).execute();
}
