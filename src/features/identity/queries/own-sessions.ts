import { sql } from 'kysely';
import type { SignInMethod } from '#platform/auth/sign-in-state.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import { fetchPage, type PageRequest } from '#platform/db/page.ts';
import type { EndReason } from './sessions.ts';

const columns = [
  'session.id',
  'session.user_agent',
  'session.created_at',
  'session.last_used_at',
  'session.expires_at',
  'session.ended_at',
  'session.impersonation_reason',
  'admin.name as impersonator_name',
] as const;

export type SessionRow = {
  id: string;
  methods: SignInMethod[];
  user_agent: string | null;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
  ended_at: Date | null;
  impersonation_reason: string | null;
  impersonator_name: string | null;
};

type Owner = { userId: string; now: Date };

/** A page of a person's sessions that are open, and of those by which an admin acted as them, until they are purged. */
export function listOpenSessions(db: Db, owner: Owner, page: Omit<PageRequest, 'filters'>) {
  const keys = {
    createdAt: { by: sql.ref('session.created_at'), type: 'timestamptz' },
    lastUsedAt: { by: sql.ref('session.last_used_at'), type: 'timestamptz' },
  } as const;
  const filters = { userId: owner.userId };
  return fetchPage(openSessions(db, owner), keys, sql.ref('session.id'), { ...page, filters });
}

/** One of those that are listed. */
export function findOpenSession(db: Db, owner: Owner, id: string): Promise<SessionRow | undefined> {
  return openSessions(db, owner).where('session.id', '=', id).executeTakeFirst();
}

function openSessions(db: Db, { userId, now }: Owner) {
  return db
    .selectFrom('session')
    .leftJoin('app_user as admin', 'admin.id', 'session.impersonator_id')
    .select((eb) => [...columns, eb.ref('session.methods').$castTo<SignInMethod[]>().as('methods')])
    .where('session.user_id', '=', userId)
    .where((eb) =>
      eb.or([
        eb('session.impersonator_id', 'is not', null),
        eb.and([eb('session.ended_at', 'is', null), eb('session.expires_at', '>', now)]),
      ]),
    );
}

/**
 * Ends an open session of this person's; with `isActing` only one by which an admin acts as them. Whether there was such
 * a one.
 */
export async function endOwnSession(
  tx: Tx,
  { userId, id, isActing = false }: { userId: string; id: string; isActing?: boolean },
  reason: EndReason,
  now: Date,
): Promise<boolean> {
  const row = await tx
    .updateTable('session')
    .set({ ended_at: now, end_reason: reason })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .$if(isActing, (query) => query.where('impersonator_id', 'is not', null))
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** No device knows the person any more. Answers by what they did until now; undefined for nobody. */
export function forgetDevices(tx: Tx, userId: string, now: Date) {
  return tx
    .with('person', (db) =>
      db
        .selectFrom('app_user')
        .select(['id', 'password_hash', 'devices_forgotten_at'])
        .where('id', '=', userId)
        .forUpdate(),
    )
    .updateTable('app_user')
    .from('person')
    .set({ devices_forgotten_at: now })
    .whereRef('app_user.id', '=', 'person.id')
    .returning(['person.id', 'person.password_hash', 'person.devices_forgotten_at'])
    .executeTakeFirst();
}
