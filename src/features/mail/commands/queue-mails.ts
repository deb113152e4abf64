import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { newId } from '#platform/ids.ts';
import { parseMailbox } from '#platform/mail/mailbox.ts';
import { sendMailJob } from '../job-definitions.ts';
import type { MailKind } from '../kinds.ts';
import { insertMails, type MailParams } from '../queries/mails.ts';

export type NewMail = {
  userId: string;
  kind: MailKind;
  /** What it is about. A person gets one mail of a kind and cause, however often it is queued. */
  cause: string;
  params: MailParams;
};

/** Keeps the mails and adds the jobs that send them. Those that were queued before are left as they are. */
export async function queueMails(
  deps: Pick<Deps, 'db' | 'jobs' | 'clock' | 'config'>,
  mails: readonly NewMail[],
): Promise<void> {
  if (mails.length === 0) return;
  await inTransaction(deps.db, (tx) => insertWithJobs(deps, tx, mails));
}

async function insertWithJobs(
  { jobs, clock, config }: Pick<Deps, 'jobs' | 'clock' | 'config'>,
  tx: Tx,
  mails: readonly NewMail[],
): Promise<void> {
  const [, domain = 'localhost'] = parseMailbox(config.emailFrom).address.split('@');
  const rows = mails.map((mail) => {
    const id = newId();
    return { ...mail, id, messageId: `<${id}@${domain}>` };
  });
  const ids = await insertMails(tx, rows, clock.now());
  await jobs.enqueueAll(
    tx,
    ids.map((mailId) => ({ definition: sendMailJob, payload: { mailId } })),
  );
}
