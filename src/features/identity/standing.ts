/** How an account stands, to who manages people. */
export const standings = ['active', 'suspended', 'deactivated'] as const;
export type Standing = (typeof standings)[number];

type Row = { deactivated_at: Date | null; suspended_at: Date | null };

/** Somebody is suspended while both times are one: so code that knows no suspensions sees them deactivated, and may change that. */
export function standingOf({ deactivated_at: deactivatedAt, suspended_at: suspendedAt }: Row): Standing {
  if (deactivatedAt === null) return 'active';
  return suspendedAt?.getTime() === deactivatedAt.getTime() ? 'suspended' : 'deactivated';
}
