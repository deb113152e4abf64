import type { Deps } from '#platform/deps.ts';
import { keepPdf } from './keep-pdf.ts';
import { findUnmoved, markMoved } from '../queries/moving.ts';

const mostAtOnce = 5_000;

/**
 * Moves PDFs that the database holds, from before there was a store, into the store: at most 5,000 at a time, byte for
 * byte. Returns how many.
 */
export async function movePdfs(deps: Deps, signal: AbortSignal): Promise<number> {
  for (let count = 0; count < mostAtOnce && !signal.aborted; count += 1) {
    const unmoved = await findUnmoved(deps.db);
    if (!unmoved) return count;
    await markMoved(deps.db, await keepPdf(deps, unmoved.certificate_id, unmoved.content));
  }
  return mostAtOnce;
}
