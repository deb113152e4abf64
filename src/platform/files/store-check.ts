import { setTimeout as sleep } from 'node:timers/promises';
import type { FileStore } from './file-store.ts';

export type StoreState = 'ok' | 'failed';

/**
 * Returns whether the store can be used, for probes that come often: it is asked at most every `everyMs`, while the
 * last answer is given. Only where there is none yet, or it is older than `staleMs`, does a probe wait, and `patienceMs`
 * at most.
 */
export function createStoreCheck(
  store: Pick<FileStore, 'check'>,
  { everyMs = 10_000, staleMs = 60_000, patienceMs = 2_000, now = () => performance.now() } = {},
): () => Promise<StoreState> {
  let last: { state: StoreState; at: number } | undefined;
  let running: Promise<StoreState> | undefined;

  const ask = async (): Promise<StoreState> => {
    const state = await store.check().then(
      () => 'ok' as const,
      // The store itself has said why, in the log.
      () => 'failed' as const,
    );
    last = { state, at: now() };
    running = undefined;
    return state;
  };
  return async () => {
    const ageMs = last === undefined ? Number.POSITIVE_INFINITY : now() - last.at;
    if (ageMs > everyMs) running ??= ask();
    if (last !== undefined && ageMs <= staleMs) return last.state;
    const impatient = new AbortController();
    const late = sleep(patienceMs, 'failed' as const, { signal: impatient.signal, ref: false });
    // Ended below where the answer was first.
    late.catch(() => {});
    try {
      return await Promise.race([running ?? ask(), late]);
    } finally {
      impatient.abort();
    }
  };
}
