import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { listWanting } from '#features/notifications/commands/list-wanting.ts';
import { emailKeyOf } from '#platform/auth/email-key.ts';
import type { AuditEntry } from '#platform/audit/audit.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import type { JobRun } from '#platform/jobs/definition.ts';
import type { Message } from '#platform/mail/message.ts';
import { MailError } from '#platform/mail/mail-error.ts';
import { isMailKind, preferenceOf, type MailKind } from '../kinds.ts';
import { isBounced, liftBounce, putBounce } from '../queries/bounces.ts';
import {
  beginAttempt,
  deferMail,
  endMail,
  findSendable,
  markHandedOver,
  type Attempt,
  type SendableMail,
} from '../queries/mails.ts';
import { writeMail } from './write-mail.ts';

type Run = Pick<JobRun, 'isLastAttempt' | 'signal'>;
type Addressed = SendableMail & { kind: MailKind; email: string; addressHash: Buffer };

/**
 * Of so many hand-overs that nothing was heard of, one may be a second copy; a third is not made. The first is that of
 * a worker that died, or of a connection that broke, between the end of the message and the server's answer.
 */
const maxUnanswered = 2;
const timeoutMs = 600_000;

/**
 * Sends a mail that is neither sent nor given up. Recorded before it is handed over and after, so that of two workers
 * one sends it. Throws to be tried again.
 */
export async function sendMail(deps: Deps, mailId: string, run: Run): Promise<void> {
  const mail = await findSendable(deps.db, mailId);
  if (!mail) return;
  const before: Attempt = { id: mail.id, attempts: mail.attempts };
  const now = deps.clock.now();
  if (mail.unanswered >= maxUnanswered) {
    await endMail(deps.db, before, { state: 'failed', error: 'unanswered' }, now);
    return;
  }
  const addressed = addressedOf(mail);
  const reason = typeof addressed === 'string' ? addressed : await reasonNotToSend(deps, addressed);
  const message =
    typeof addressed === 'string' || reason !== undefined ? undefined : await writeMail(deps, addressed);
  if (typeof addressed === 'string' || message === undefined) {
    await endMail(deps.db, before, { state: 'suppressed', error: reason ?? 'outdated' }, now);
    return;
  }
  if (!(await beginAttempt(deps.db, { ...before, addressHash: addressed.addressHash, now }))) return;
  await deliver(deps, addressed, message, run);
}

async function deliver(deps: Deps, mail: Addressed, message: Message, run: Run): Promise<void> {
  const attempt: Attempt = { id: mail.id, attempts: mail.attempts + 1 };
  let isHandedOver = false;
  const onHandOver = async () => {
    isHandedOver = await markHandedOver(deps.db, attempt, deps.clock.now());
    if (!isHandedOver) throw new MailError('temporary', 'taken_over', 'Another worker sends this mail.');
  };
  try {
    const signal = AbortSignal.any([run.signal, AbortSignal.timeout(timeoutMs)]);
    await deps.mail.send(message, { onHandOver, signal });
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    await settleFailure(deps, mail, attempt, { error, isHandedOver, isLast: run.isLastAttempt });
    return;
  }
  await surely(run, async () => {
    await endMail(deps.db, attempt, { state: 'sent', error: null }, deps.clock.now());
    // It took one after all.
    await inTransaction(deps.db, async (tx) => {
      if (await liftBounce(tx, mail.addressHash)) await deps.audit.record(tx, entryOf(mail, 'lifted'));
    });
  });
}

type Failure = { error: MailError; isHandedOver: boolean; isLast: boolean };

async function settleFailure(
  deps: Deps,
  mail: Addressed,
  attempt: Attempt,
  { error, isHandedOver, isLast }: Failure,
): Promise<void> {
  const { failure, code } = error;
  const now = deps.clock.now();
  const facts = { mailId: mail.id, kind: mail.kind, code };
  if (failure === 'undeliverable') {
    await inTransaction(deps.db, async (tx) => {
      await endMail(tx, attempt, { state: 'bounced', error: code }, now);
      await putBounce(tx, { addressHash: mail.addressHash, mailId: mail.id, error: code, now });
      await deps.audit.record(tx, { ...entryOf(mail, 'suppressed'), after: { code } });
    });
    deps.log.warn(facts, 'mail: bounced; its address gets no more');
    return;
  }
  const isGivenUp =
    failure === 'refused' || isLast || (failure === 'unanswered' && mail.unanswered + 1 >= maxUnanswered);
  if (isGivenUp) {
    await endMail(deps.db, attempt, { state: 'failed', error: code }, now);
    deps.log.warn(facts, 'mail: failed for good');
    return;
  }
  await deferMail(
    deps.db,
    attempt,
    { error: code, isAnswered: isHandedOver && failure !== 'unanswered' },
    now,
  );
  throw error;
}

function entryOf({ id, user_id: personId }: Addressed, what: 'suppressed' | 'lifted'): AuditEntry {
  const action = what === 'lifted' ? 'mail.suppression_lifted' : 'mail.suppressed';
  return { action, targetId: id, personId };
}

/** The mail with the address that it goes to, or why it goes nowhere. */
function addressedOf(mail: SendableMail): Addressed | string {
  const { kind, email } = mail;
  if (!isMailKind(kind)) return 'unknown_kind';
  // Who is suspended hears of that and nothing else; who is not any more is found out when it is written.
  if (mail.user_status === 'deactivated' && kind !== 'suspended') return 'deactivated';
  if (email === null) return 'no_address';
  return { ...mail, kind, email, addressHash: createHash('sha256').update(emailKeyOf(email)).digest() };
}

// An address is tried again where its person asks to confirm it: perhaps the mailbox is there by now.
async function reasonNotToSend(deps: Deps, mail: Addressed): Promise<string | undefined> {
  const preference = preferenceOf(mail.kind);
  if (preference !== undefined) {
    const wanting = await listWanting(deps.db, preference, 'email', [mail.user_id]);
    if (wanting.length === 0) return 'not_wanted';
  }
  if (mail.kind !== 'emailVerification' && (await isBounced(deps.db, mail.addressHash))) return 'bounced';
  return undefined;
}

const tries = 20;

// The server has it: a database that is away for some seconds must not make it be sent twice.
async function surely({ signal }: Run, record: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await record();
    } catch (error) {
      if (attempt === tries || signal.aborted) throw error;
      await sleep(1_000, undefined, { signal }).catch(() => {});
    }
  }
}
