import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { sendMailJob } from '../job-definitions.ts';
import { liftBounce } from '../queries/bounces.ts';
import { findMail, requeueMail, type ListedMail } from '../queries/reading.ts';

/**
 * Has a mail that was given up sent once more, to its person's present address. An address that bounced gets mail
 * again. Throws 404, 409 `mail_not_given_up`.
 */
export async function retryMail(deps: Deps, id: string): Promise<ListedMail> {
  return inTransaction(deps.db, async (tx) => {
    const requeued = await requeueMail(tx, id, deps.clock.now());
    const isLifted = requeued?.address_hash ? await liftBounce(tx, requeued.address_hash) : false;
    const mail = await findMail(tx, id);
    if (!mail) throw notFound('Mail');
    if (!requeued) {
      throw conflict(
        'mail_not_given_up',
        'Only a mail that bounced, failed or was held back can be sent again.',
      );
    }
    await deps.jobs.enqueue(tx, sendMailJob, { mailId: id });
    const about = { targetId: id, personId: mail.user_id };
    await deps.audit.record(
      tx,
      { action: 'mail.retried', ...about },
      ...(isLifted ? [{ action: 'mail.suppression_lifted', ...about } as const] : []),
    );
    return mail;
  });
}
