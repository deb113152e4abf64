import type { Clock } from '#platform/clock.ts';

/** Asked at once and often, reads once in `keptMs`. */
export function kept<T>(clock: Clock, keptMs: number, read: () => Promise<T>): () => Promise<T> {
  let taken: { at: number; value: Promise<T> } | undefined;
  return () => {
    const now = clock.now().getTime();
    // By the distance, so that a clock that is set back keeps nothing for longer.
    if (!taken || Math.abs(now - taken.at) >= keptMs) taken = { at: now, value: read() };
    return taken.value;
  };
}
