import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';

// Any constant will do; it must only be the same in every process, and no other lock's.
const loadLockKey = 7_305_620_119;

/** Whether nobody has an account yet: a database with people in it is somebody's. */
export async function isEmpty(db: Db): Promise<boolean> {
  const person = await db.selectFrom('app_user').select('id').limit(1).executeTakeFirst();
  return person === undefined;
}

// What the schema is, and no data.
const kept = 'schema_migration';

// Which nobody else may empty.
const guarded = ['event', 'audit_entry', 'audit_seal', 'audit_checkpoint'] as const;

/**
 * Deletes every row of every table, the log of events and the audit trail too, and the jobs that wait to react to
 * them. What runs at this moment finds nothing any more.
 */
export async function emptyDatabase(tx: Tx): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select quote_ident(tablename) as name from pg_tables
    where schemaname = current_schema() and tablename <> ${kept}`.execute(tx);
  const switchGuards = async (how: 'disable' | 'enable') => {
    for (const table of guarded)
      await sql`alter table ${sql.table(table)} ${sql.raw(how)} trigger ${sql.ref(`${table}_never_emptied`)}`.execute(
        tx,
      );
  };
  await switchGuards('disable');
  await sql`truncate ${sql.raw(rows.map(({ name }) => name).join(', '))}`.execute(tx);
  await switchGuards('enable');
  await sql`
    delete from pgboss.job where state < 'active' and name in ('emails', 'progress', 'certificates', 'webhooks')`.execute(
    tx,
  );
}

/** Whether this transaction is now the one that loads. The lock ends with it, however it ends. */
export async function takeLoadLock(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    select pg_try_advisory_xact_lock(${loadLockKey}::bigint) as taken`.execute(tx);
  return rows[0]?.taken ?? false;
}
