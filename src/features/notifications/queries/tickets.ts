import { sql } from 'kysely';
import type { Person } from '#platform/auth/actor.ts';
import { isActingOver } from '#platform/db/acting.ts';
import type { Db } from '#platform/db/database.ts';
import { grantedPermissions } from '#platform/db/granted-permissions.ts';
import { inChunks, purgedAtOnce } from '#platform/db/purging.ts';

export async function insertTicket(
  db: Db,
  ticket: { hash: Buffer; sessionId: string; expiresAt: Date },
): Promise<void> {
  await db
    .insertInto('stream_ticket')
    .values({ token_hash: ticket.hash, session_id: ticket.sessionId, expires_at: ticket.expiresAt })
    .execute();
}

/** Uses it up: of two at once, one gets the person as they are now. Undefined too where their session is over. */
export async function takeTicket(db: Db, hash: Buffer, now: Date): Promise<Person | undefined> {
  const { rows } = await sql<Person>`
    with taken as (
      delete from stream_ticket where token_hash = ${hash} returning session_id, expires_at
    )
    select app_user.id as "userId", session.id as "sessionId", app_user.role,
           ${grantedPermissions('app_user.id')} as granted,
           case when session.impersonator_id is not null
             then jsonb_build_object('id', session.impersonator_id) end as impersonator
    from taken
    join session on session.id = taken.session_id and session.ended_at is null and session.expires_at > ${now}
    join app_user on app_user.id = session.user_id and app_user.deactivated_at is null
    where taken.expires_at > ${now} and not ${isActingOver(now)}`.execute(db);
  return rows[0];
}

/** Those never used. Returns how many. */
export async function purgeTickets(db: Db, now: Date, signal: AbortSignal): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
      delete from stream_ticket where token_hash in (
        select token_hash from stream_ticket where expires_at < ${now} limit ${purgedAtOnce})
      returning 1`.execute(db);
    return rows.length;
  }, signal);
}
