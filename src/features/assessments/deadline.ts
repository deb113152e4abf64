/** How long after `expiresAt` answers and the submission are still taken: for slow networks, not for thinking. */
export const graceSeconds = 15;

/** The part of an attempt's row that the clock decides about. */
export type Timed = { status: 'inProgress' | 'needsGrading' | 'graded'; expires_at: Date | null };

/** From this moment on an attempt that is still open counts as submitted by the clock. */
export function closesAt(expiresAt: Date): Date {
  return new Date(expiresAt.getTime() + graceSeconds * 1000);
}

/** Still open in the table, though its time and the grace are over. */
export function isOverdue({ status, expires_at }: Timed, now: Date): boolean {
  return status === 'inProgress' && expires_at !== null && now >= closesAt(expires_at);
}

/** Whole seconds until `expiresAt`, without the grace; null where no clock runs. */
export function secondsLeft({ status, expires_at }: Timed, now: Date): number | null {
  if (status !== 'inProgress' || expires_at === null) return null;
  return Math.max(0, Math.ceil((expires_at.getTime() - now.getTime()) / 1000));
}
