import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { countCapped, fetchPage, type PageRequest } from '#platform/db/page.ts';
import type { MailKind } from '../kinds.ts';
import type { MailState } from './mails.ts';

export type MailFilters = {
  state?: readonly MailState[] | undefined;
  kind?: readonly MailKind[] | undefined;
  userId?: string | undefined;
};

export type ListedMail = NonNullable<Awaited<ReturnType<typeof findMail>>>;

/** Each with its person as they are now, and whether the address that it went to gets no more mail. */
function mailsIn(db: Db | Tx) {
  return db
    .selectFrom('mail')
    .innerJoin('app_user', 'app_user.id', 'mail.user_id')
    .leftJoin('mail_bounce', 'mail_bounce.address_hash', 'mail.address_hash')
    .select([
      'mail.id',
      'mail.user_id',
      'mail.kind',
      'mail.state',
      'mail.error',
      'mail.attempts',
      'mail.message_id',
      'mail.created_at',
      'mail.updated_at',
      'mail.sent_at',
      'app_user.name',
      'app_user.email',
      sql<boolean>`mail_bounce.address_hash is not null`.as('is_address_blocked'),
    ]);
}

export function findMail(db: Db | Tx, id: string) {
  return mailsIn(db).where('mail.id', '=', id).executeTakeFirst();
}

export async function listMails(
  db: Db,
  filters: MailFilters,
  page: Omit<PageRequest, 'filters'>,
  withTotal: boolean,
) {
  const { state, kind, userId } = filters;
  let query = mailsIn(db);
  if (state) query = query.where('mail.state', 'in', state);
  if (kind) query = query.where('mail.kind', 'in', kind);
  if (userId !== undefined) query = query.where('mail.user_id', '=', userId);
  const keys = { createdAt: { by: sql.ref('mail.created_at'), type: 'timestamptz' } } as const;
  const rows = await fetchPage(query, keys, sql.ref('mail.id'), { ...page, filters });
  return { ...rows, total: withTotal ? await countCapped(db, query) : undefined };
}

/** Puts a mail that was given up back to the beginning; returns the address that it last went to. */
export async function requeueMail(
  tx: Tx,
  id: string,
  now: Date,
): Promise<{ address_hash: Buffer | null } | undefined> {
  return tx
    .updateTable('mail')
    .set({ state: 'queued', error: null, unanswered: 0, updated_at: now })
    .where('id', '=', id)
    .where('state', 'in', ['bounced', 'failed', 'suppressed'])
    .returning('address_hash')
    .executeTakeFirst();
}
