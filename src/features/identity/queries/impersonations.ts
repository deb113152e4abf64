import { isActingOver } from '#platform/db/acting.ts';
import type { Db, Tx } from '#platform/db/database.ts';

export type NewImpersonation = {
  id: string;
  userId: string;
  impersonatorId: string;
  impersonatorSessionId: string;
  reason: string;
  now: Date;
  expiresAt: Date;
};

/** A session of the person's, by which an admin acts as them. No refresh token belongs to it. */
export async function insertImpersonation(tx: Tx, of: NewImpersonation): Promise<void> {
  await tx
    .insertInto('session')
    .values({
      id: of.id,
      user_id: of.userId,
      methods: [],
      impersonator_id: of.impersonatorId,
      impersonator_session_id: of.impersonatorSessionId,
      impersonation_reason: of.reason,
      authenticated_at: of.now,
      created_at: of.now,
      last_used_at: of.now,
      expires_at: of.expiresAt,
    })
    .execute();
}

/** Whether an admin may still act as somebody by this session. A statement of its own: other sessions need not pay for it. */
export async function isStillActing(db: Db, id: string, now: Date): Promise<boolean> {
  const row = await db
    .selectFrom('session')
    .innerJoin('app_user', 'app_user.id', 'session.user_id')
    .select('session.id')
    .where('session.id', '=', id)
    .where('session.ended_at', 'is', null)
    .where('session.expires_at', '>', now)
    .where((eb) => eb.not(isActingOver(now)))
    .executeTakeFirst();
  return row !== undefined;
}

/** All by which these people act as others, who may no more. Returns them, to be told of after the commit. */
export async function endImpersonationsBy(
  tx: Tx,
  impersonatorIds: readonly string[],
  now: Date,
): Promise<string[]> {
  const rows = await tx
    .updateTable('session')
    .set({ ended_at: now, end_reason: 'ended_by_admin' })
    .where('impersonator_id', 'in', impersonatorIds)
    .where('ended_at', 'is', null)
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}
