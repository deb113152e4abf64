const secondMs = 1_000;
const hourMs = 3_600_000;

const firstCeilingMs = 10 * secondMs;
const growth = 4;
const lastCeilingMs = 8 * hourMs;
const leastMs = secondMs;
/** From the first attempt to the last. */
export const lineMs = 72 * hourMs;

/**
 * When to try again after failed attempt `attempt` (1 for the first), or null for never. Exponential back-off with full
 * jitter: any time up to 10 s, 40 s, 160 s, 11 min, 43 min, 3 h, then 8 h, for three days from the first attempt on;
 * the last attempt is made when they are over. `random` is in [0, 1).
 */
export function nextAttemptAt(
  { attempt, firstStartedAt, now }: { attempt: number; firstStartedAt: Date; now: Date },
  random: number,
): Date | null {
  const endsAt = firstStartedAt.getTime() + lineMs;
  if (now.getTime() >= endsAt) return null;
  const ceilingMs = Math.min(lastCeilingMs, firstCeilingMs * growth ** (attempt - 1));
  const delayMs = leastMs + random * (ceilingMs - leastMs);
  return new Date(Math.min(endsAt, now.getTime() + Math.round(delayMs)));
}

/**
 * An endpoint that failed so often without a success between is tried with one delivery at a time, the others wait in
 * the table. The pause between tries doubles, from 5 s to 10 min.
 */
export const breaker = { failures: 3, firstPauseSeconds: 5, maxPauseSeconds: 600 } as const;

/** After so long, and so many attempts, of nothing but failures an endpoint is disabled. */
export const giveUp = { afterMs: 24 * hourMs, failures: 5 } as const;
