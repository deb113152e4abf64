import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import type { Session } from '#platform/db/session.ts';

export type RunKind = 'backup' | 'verification';

/** Whether the database has the table of runs: an empty one, into which a backup is yet to be restored, has not. */
export async function hasRuns(session: Session): Promise<boolean> {
  const [row] = await session.query<{ isThere: boolean }>(
    `select to_regclass('public.backup_run') is not null as "isThere"`,
  );
  return row?.isThere === true;
}

export async function insertRun(
  db: Db,
  run: { id: string; kind: RunKind; archive: string; now: Date },
): Promise<void> {
  const { id, kind, archive, now } = run;
  await db.insertInto('backup_run').values({ id, kind, archive, started_at: now }).execute();
}

export type RunEnding = {
  outcome: 'succeeded' | 'failed';
  sizeBytes: number | null;
  error: string | null;
};

export async function endRun(db: Db, id: string, ending: RunEnding, now: Date): Promise<void> {
  const { outcome, sizeBytes, error } = ending;
  await db
    .updateTable('backup_run')
    .set({ outcome, size_bytes: sizeBytes, error, finished_at: now })
    .where('id', '=', id)
    .execute();
}

/** Those that have not ended although none is under way. */
export async function endInterrupted(db: Db, kind: RunKind, now: Date): Promise<void> {
  await db
    .updateTable('backup_run')
    .set({ outcome: 'interrupted', finished_at: now })
    .where('kind', '=', kind)
    .where('finished_at', 'is', null)
    .execute();
}

export type LatestRuns = {
  kind: RunKind;
  lastOutcome: 'succeeded' | 'failed' | 'interrupted';
  /** Of the last that succeeded. */
  startedAt: Date | null;
  sizeBytes: number | null;
  seconds: number | null;
};

/** By kind, of what has ended: how the last one did, and the last that succeeded. One statement. */
export async function listLatestRuns(db: Db): Promise<LatestRuns[]> {
  const { rows } = await sql<LatestRuns>`
    select last.kind, last.outcome as "lastOutcome", good.started_at as "startedAt",
      good.size_bytes as "sizeBytes", extract(epoch from good.finished_at - good.started_at)::float8 as seconds
    from (values ('backup'), ('verification')) as kinds (kind)
    cross join lateral (
      select r.kind, r.outcome from backup_run r
      where r.kind = kinds.kind and r.finished_at is not null order by r.started_at desc limit 1
    ) as last
    left join lateral (
      select r.started_at, r.finished_at, r.size_bytes from backup_run r
      where r.kind = kinds.kind and r.outcome = 'succeeded' order by r.started_at desc limit 1
    ) as good on true`.execute(db);
  return rows;
}
