import { sql } from 'kysely';
import type { Db } from './database.ts';

export type AppliedState = { migrations: string[]; jobVersion: number | null };

/** What was applied to the database: names of migrations and the job engine's version. One statement. */
export async function readAppliedState(db: Db): Promise<AppliedState> {
  const { rows } = await sql<{ migrations: string[] | null; jobVersion: number | null }>`
    select (select array_agg(name order by name) from schema_migration) as migrations,
           (select max(version) from pgboss.version) as "jobVersion"`.execute(db);
  return { migrations: rows[0]?.migrations ?? [], jobVersion: rows[0]?.jobVersion ?? null };
}
