import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

export type Count = {
  figure:
    | 'users'
    | 'courses'
    | 'enrollments'
    | 'certificates'
    | 'attemptsNeedingGrading'
    | 'certificatesAwaited'
    | 'learnersActive';
  label: string;
  value: number;
};

const cacheName = 'business';

/** What was last counted, by whichever process; `counts` is null while it is counted for the first time. */
export async function findCounts(db: Db): Promise<{ countedAt: Date; counts: Count[] | null } | undefined> {
  const row = await db
    .selectFrom('figure_cache')
    .select(['counted_at as countedAt', 'counts'])
    .where('name', '=', cacheName)
    .executeTakeFirst();
  return row && { ...row, counts: row.counts as Count[] | null };
}

/** Whether the caller is the one to count, where the last count is not of `keptMs` around now. */
export async function claimCounting(db: Db, now: Date, keptMs: number): Promise<boolean> {
  const oldest = new Date(now.getTime() - keptMs);
  // A count from the future is one of a clock that went wrong.
  const newest = new Date(now.getTime() + keptMs);
  const claimed = await db
    .insertInto('figure_cache')
    .values({ name: cacheName, counted_at: now })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ counted_at: now })
        .where((eb) =>
          eb.or([eb('figure_cache.counted_at', '<=', oldest), eb('figure_cache.counted_at', '>=', newest)]),
        ),
    )
    .returning('name')
    .executeTakeFirst();
  return claimed !== undefined;
}

/** Counts what the institution has, and keeps it for all processes. One statement; reads whole tables. */
export async function recount(db: Db, now: Date): Promise<Count[]> {
  const { rows } = await sql<{ counts: Count[] }>`
    with counted (figure, label, value) as (
      select 'users', role, count(*) from app_user where deactivated_at is null group by role
      union all
      select 'courses', status, count(*) from course group by status
      union all
      select 'enrollments', status, count(*) from enrollment group by status
      union all
      select 'certificates', case when revoked_at is not null then 'revoked' when expires_at <= ${now} then 'expired' else 'valid' end, count(*)
      from certificate group by 2
      union all
      select 'attemptsNeedingGrading', '', count(*) from attempt where status = 'needsGrading'
      union all
      select 'certificatesAwaited', '', count(*) from enrollment
      where completed_at between ${minutesBefore(now, 30 * 24 * 60)} and ${minutesBefore(now, 10)}
        and not exists (select from certificate where certificate.enrollment_id = enrollment.id)
      union all
      select 'learnersActive', period, count(distinct enrollment.user_id)
      from (values ('15m', ${minutesBefore(now, 15)}::timestamptz), ('1d', ${minutesBefore(now, 24 * 60)})) as p (period, since)
      left join enrollment on enrollment.last_activity_at > p.since
      group by period
    )
    insert into figure_cache (name, counted_at, counts)
    select ${cacheName}, ${now}, jsonb_agg(to_jsonb(counted)) from counted
    on conflict (name) do update set counted_at = excluded.counted_at, counts = excluded.counts
    returning counts`.execute(db);
  return rows[0]?.counts ?? [];
}

function minutesBefore(now: Date, minutes: number): Date {
  return new Date(now.getTime() - minutes * 60_000);
}
