/** A chunk at a time, for a statement may not take longer than the database allows. */
export const purgedAtOnce = 5_000;

/** Deletes until a chunk is not full, or the worker stops. `deleteSome` says how many it deleted. Returns how many in all. */
export async function inChunks(
  deleteSome: () => Promise<number>,
  signal: Pick<AbortSignal, 'aborted'> = { aborted: false },
): Promise<number> {
  let total = 0;
  for (let count = purgedAtOnce; count === purgedAtOnce && !signal.aborted; total += count)
    count = await deleteSome();
  return total;
}

const dayMs = 86_400_000;

/** So many days before `now`. */
export function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * dayMs);
}
