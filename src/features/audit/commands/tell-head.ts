import type { Deps } from '#platform/deps.ts';
import { writeHead } from '../head-text.ts';
import { findHead, insertToldHead } from '../queries/chain.ts';

/**
 * Tells the end of the chain in the log, and for the metric: kept outside of the database, it shows that nothing up to it
 * was changed or taken away.
 */
export async function tellHead({ db, clock, log }: Pick<Deps, 'db' | 'clock' | 'log'>): Promise<void> {
  const head = await findHead(db);
  await insertToldHead(db, head, clock.now());
  log.info({ position: head.position, head: writeHead(head) }, 'audit: the end of the chain');
}
