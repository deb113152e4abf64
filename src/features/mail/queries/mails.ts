import { sql, type RawBuilder } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { json } from '#platform/db/json.ts';
import { inChunks, purgedAtOnce } from '#platform/db/purging.ts';

export const mailStates = ['queued', 'sending', 'sent', 'bounced', 'failed', 'suppressed'] as const;
export type MailState = (typeof mailStates)[number];

export type MailParams = Readonly<Record<string, string>>;
export type MailRow = {
  id: string;
  userId: string;
  kind: string;
  cause: string;
  params: MailParams;
  messageId: string;
};

/** Leaves out those whose cause has its mail already. Returns the ids of the new ones. */
export async function insertMails(tx: Tx, mails: readonly MailRow[], now: Date): Promise<string[]> {
  const rows = await tx
    .insertInto('mail')
    .values(
      mails.map(({ id, userId, kind, cause, params, messageId }) => ({
        id,
        user_id: userId,
        kind,
        cause,
        params: json<unknown>(params),
        message_id: messageId,
        state: 'queued' as const,
        created_at: now,
        updated_at: now,
      })),
    )
    .onConflict((conflict) => conflict.columns(['user_id', 'kind', 'cause']).doNothing())
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

export type SendableMail = NonNullable<Awaited<ReturnType<typeof findSendable>>>;

/**
 * A mail that is neither sent nor given up, with its person as they are now. One about another address goes to the old or
 * the new one, which nobody has confirmed; any other to the person's.
 */
export async function findSendable(db: Db, id: string) {
  const to = sql<string | null>`mail.params ->> 'to'`;
  const address = <T>(old: RawBuilder<T>, fresh: RawBuilder<T>, own: RawBuilder<T>) =>
    sql<T>`case ${to} when 'old' then ${old} when 'new' then ${fresh} else ${own} end`;
  return db
    .selectFrom('mail')
    .innerJoin('app_user', 'app_user.id', 'mail.user_id')
    .leftJoin('email_change', (join) =>
      join.on(sql`email_change.id::text`, '=', sql`mail.params ->> 'changeId'`),
    )
    .select([
      'mail.id',
      'mail.user_id',
      'mail.kind',
      sql<MailParams>`mail.params`.as('params'),
      'mail.message_id',
      'mail.attempts',
      'mail.unanswered',
      'mail.created_at',
      address<string | null>(
        sql`email_change.old_email`,
        sql`email_change.new_email`,
        sql`app_user.email`,
      ).as('email'),
      address<Date | null>(sql`app_user.email_verified_at`, sql`null`, sql`app_user.email_verified_at`).as(
        'email_verified_at',
      ),
      'app_user.name',
      'app_user.locale',
      'app_user.time_zone',
      'app_user.status as user_status',
    ])
    .where('mail.id', '=', id)
    .where('mail.state', 'in', ['queued', 'sending'])
    .executeTakeFirst();
}

/** Begins the next try. False where another process has begun it, or ended the mail. */
export async function beginAttempt(
  db: Db,
  { id, attempts, addressHash, now }: { id: string; attempts: number; addressHash: Buffer; now: Date },
): Promise<boolean> {
  const row = await db
    .updateTable('mail')
    .set({ state: 'sending', attempts: attempts + 1, address_hash: addressHash, updated_at: now })
    .where('id', '=', id)
    .where('attempts', '=', attempts)
    .where('state', 'in', ['queued', 'sending'])
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** A try of this process: nothing is written over that of another. */
export type Attempt = { id: string; attempts: number };

/** Written before the first byte leaves. False where the try is no longer the mail's latest. */
export async function markHandedOver(db: Db, attempt: Attempt, now: Date): Promise<boolean> {
  const row = await ofAttempt(db, attempt)
    .set((eb) => ({ unanswered: eb('unanswered', '+', 1), updated_at: now }))
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export type Ending = { state: Exclude<MailState, 'queued' | 'sending'>; error: string | null };

/** The mail is done with, one way or the other. */
export async function endMail(
  db: Db | Tx,
  attempt: Attempt,
  { state, error }: Ending,
  now: Date,
): Promise<void> {
  await ofAttempt(db, attempt)
    .set({ state, error, updated_at: now, sent_at: state === 'sent' ? now : null })
    .execute();
}

/** It will be tried again. `isAnswered`: the server said no, so that the hand-over, if there was one, counts no more. */
export async function deferMail(
  db: Db,
  attempt: Attempt,
  { error, isAnswered }: { error: string; isAnswered: boolean },
  now: Date,
): Promise<void> {
  await ofAttempt(db, attempt)
    .set((eb) => ({
      state: 'queued',
      error,
      updated_at: now,
      ...(isAnswered && { unanswered: sql<number>`greatest(${eb.ref('unanswered')} - 1, 0)` }),
    }))
    .execute();
}

function ofAttempt(db: Db | Tx, { id, attempts }: Attempt) {
  return db
    .updateTable('mail')
    .where('id', '=', id)
    .where('attempts', '=', attempts)
    .where('state', 'in', ['queued', 'sending']);
}

/** Ended before `before`, at most a chunk. Returns how many. */
export async function purgeMails(db: Db, before: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('mail')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('mail')
        .select('id')
        .where('created_at', '<', before)
        .where('state', 'not in', ['queued', 'sending'])
        .orderBy('created_at')
        .limit(purgedAtOnce),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** Those of which nothing was heard since `before`: their jobs were lost or given up. Returns how many. */
export async function failForgotten(
  db: Db,
  { before, now }: { before: Date; now: Date },
  signal: AbortSignal,
): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
      update mail set state = 'failed', error = coalesce(error, 'given_up'), updated_at = ${now}
      where id in (
        select id from mail where state in ('queued', 'sending') and updated_at < ${before}
        limit ${purgedAtOnce} for update skip locked)
      returning 1`.execute(db);
    return rows.length;
  }, signal);
}
