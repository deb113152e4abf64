import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import type { Standing } from '../policy.ts';

/** How somebody (null: the anonymous) stands to a course, or undefined where there is none. */
export async function findStanding(
  db: Db,
  courseId: string,
  actorId: string | null,
): Promise<Standing | undefined> {
  return db
    .selectFrom('course')
    .leftJoin('course_staff', (join) =>
      join.onRef('course_staff.course_id', '=', 'course.id').on('course_staff.user_id', '=', actorId),
    )
    .leftJoin('enrollment', (join) =>
      join
        .onRef('enrollment.course_id', '=', 'course.id')
        .on('enrollment.user_id', '=', actorId)
        .on('enrollment.is_current', '=', true)
        .on('enrollment.withdrawn_at', 'is', null),
    )
    .select([
      'course.status',
      'course_staff.role as staffRole',
      sql<boolean>`enrollment.id is not null`.as('hasAccess'),
    ])
    .where('course.id', '=', courseId)
    .executeTakeFirst();
}
