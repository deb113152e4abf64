import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { grantedPermissions } from '#platform/db/granted-permissions.ts';
import { fetchPage, type PageRequest } from '#platform/db/page.ts';
import type { StaffRole } from '../policy.ts';

function selectStaff(db: Db, courseId: string) {
  return db
    .selectFrom('course_staff')
    .innerJoin('app_user', 'app_user.id', 'course_staff.user_id')
    .select([
      'course_staff.user_id',
      'course_staff.role',
      'course_staff.created_at',
      'app_user.name',
      'app_user.email',
    ])
    .where('course_staff.course_id', '=', courseId);
}

export type StaffRow = Awaited<ReturnType<ReturnType<typeof selectStaff>['execute']>>[number];

export function listStaff(db: Db, courseId: string, page: Omit<PageRequest, 'filters'>) {
  const keys = { createdAt: { by: sql.ref('course_staff.created_at'), type: 'timestamptz' } } as const;
  return fetchPage(selectStaff(db, courseId), keys, sql.ref('course_staff.user_id'), {
    ...page,
    filters: { courseId },
  });
}

export function findStaff(tx: Tx, courseId: string, userId: string): Promise<StaffRow | undefined> {
  return selectStaff(tx, courseId).where('course_staff.user_id', '=', userId).executeTakeFirst();
}

/** The person who is to become staff, if there is one who can sign in. */
export function findCandidate(tx: Tx, courseId: string, userId: string) {
  return tx
    .selectFrom('app_user')
    .select((eb) => [
      'id',
      'role',
      grantedPermissions('app_user.id').as('granted'),
      eb
        .exists(
          eb
            .selectFrom('enrollment')
            .select('enrollment.id')
            .where('enrollment.course_id', '=', courseId)
            .where('enrollment.user_id', '=', userId)
            .where('enrollment.is_current', '=', true)
            .where('enrollment.status', '=', 'active'),
        )
        .$castTo<boolean>()
        .as('isLearning'),
    ])
    .where('id', '=', userId)
    .where('deactivated_at', 'is', null)
    .executeTakeFirst();
}

export async function countOtherOwners(tx: Tx, courseId: string, userId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('course_staff')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('course_id', '=', courseId)
    .where('role', '=', 'owner')
    .where('user_id', '!=', userId)
    .executeTakeFirstOrThrow();
  return count;
}

export async function writeStaff(
  tx: Tx,
  courseId: string,
  userId: string,
  role: StaffRole,
  now: Date,
): Promise<void> {
  await tx
    .insertInto('course_staff')
    .values({ course_id: courseId, user_id: userId, role, created_at: now })
    .onConflict((conflict) => conflict.columns(['course_id', 'user_id']).doUpdateSet({ role }))
    .execute();
}

export async function deleteStaff(tx: Tx, courseId: string, userId: string): Promise<void> {
  await tx
    .deleteFrom('course_staff')
    .where('course_id', '=', courseId)
    .where('user_id', '=', userId)
    .execute();
}
