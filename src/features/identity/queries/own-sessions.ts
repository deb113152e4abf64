import { sql } from 'kysely';
import type { SignInMethod } from '#platform/auth/sign-in-state.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import { fetchPage, type PageRequest } from '#platform/db/page.ts';

const columns = ['id', 'user_agent', 'created_at', 'last_used_at', 'expires_at'] as const;

export type SessionRow = {
  id: string;
  methods: SignInMethod[];
  user_agent: string | null;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
};

/** A person's sessions that are open. */
export function listOpenSessions(
  db: Db,
  { userId, now }: { userId: string; now: Date },
  page: Omit<PageRequest, 'filters'>,
) {
  const query = db
    .selectFrom('session')
    .select((eb) => [...columns, eb.ref('methods').$castTo<SignInMethod[]>().as('methods')])
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now);
  const keys = {
    createdAt: { by: sql.ref('created_at'), type: 'timestamptz' },
    lastUsedAt: { by: sql.ref('last_used_at'), type: 'timestamptz' },
  } as const;
  return fetchPage(query, keys, sql.ref('id'), { ...page, filters: { userId } });
}

/** Ends an open session of this person's. Whether there was such a one. */
export async function endOwnSession(
  tx: Tx,
  { userId, id }: { userId: string; id: string },
  now: Date,
): Promise<boolean> {
  const row = await tx
    .updateTable('session')
    .set({ ended_at: now, end_reason: 'logout' })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
