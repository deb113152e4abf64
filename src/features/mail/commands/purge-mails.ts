import { daysBefore, inChunks } from '#platform/db/purging.ts';
import type { Deps } from '#platform/deps.ts';
import { purgeOutbox } from '#platform/mail/outbox.ts';
import { usesOutbox } from '#platform/mail/transport.ts';
import { failForgotten, purgeMails } from '../queries/mails.ts';

/** Longer than the tries of one mail can last. */
const forgottenDays = 3;

/** Deletes mails of long ago, also those that were written as files, and ends those whose job is no more. */
export async function purgeOldMails(
  { db, config, clock }: Pick<Deps, 'db' | 'config' | 'clock'>,
  signal: AbortSignal,
): Promise<{ purged: number; forgotten: number }> {
  const now = clock.now();
  const forgotten = await failForgotten(db, { before: daysBefore(now, forgottenDays), now }, signal);
  const before = daysBefore(now, config.mailRetentionDays);
  if (usesOutbox(config)) await purgeOutbox(config, before);
  return { purged: await inChunks(() => purgeMails(db, before), signal), forgotten };
}
