import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

export type Count = {
  figure: 'users' | 'courses' | 'enrollments' | 'certificates' | 'attemptsNeedingGrading';
  label: string;
  value: number;
};

/** What the institution has, counted. One statement. */
export async function countBusiness(db: Db, now: Date): Promise<Count[]> {
  const { rows } = await sql<Count>`
    select 'users' as figure, role as label, count(*) as value from app_user where deactivated_at is null group by role
    union all
    select 'courses', status, count(*) from course group by status
    union all
    select 'enrollments', status, count(*) from enrollment group by status
    union all
    select 'certificates', case when revoked_at is not null then 'revoked' when expires_at <= ${now} then 'expired' else 'valid' end, count(*)
    from certificate group by 2
    union all
    select 'attemptsNeedingGrading', '', count(*) from attempt where status = 'needsGrading'`.execute(db);
  return rows;
}
