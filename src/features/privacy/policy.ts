import { refusalOfGiving } from '#features/identity/policy.ts';
import { permissionsOf, type Actor, type Powers } from '#platform/auth/actor.ts';
import { AppError, conflict } from '#platform/errors.ts';

/** Whoever is to be erased, and what hangs on them. */
export type Erasable = {
  person: Powers & { id: string; status: string; standing: string };
  otherAdmins: number;
  /** Courses that would have no owner. */
  soleCourseIds: readonly string[];
};

/** Why somebody cannot be erased as things stand, or undefined. */
export function obstacleTo({ person, otherAdmins, soleCourseIds }: Erasable): AppError | undefined {
  if (person.role === 'admin' && person.status === 'active' && otherAdmins === 0)
    return conflict('last_admin', 'The last active admin must stay one. Make another admin first.');
  if (soleCourseIds.length === 0) return undefined;
  const reasons = soleCourseIds.map((courseId) => ({
    code: 'last_owner',
    params: { courseId },
    message: 'This course would have no owner.',
  }));
  return conflict(
    'last_owner',
    'Courses would be left without an owner. Give them another one first.',
    reasons,
  );
}

/** Why the actor may not have another person erased: they may act only on who may do no more than they. */
export function refusalOfErasing(actor: Actor, person: Powers & { id: string }): AppError | undefined {
  return actor.userId === person.id ? undefined : refusalOfGiving(actor, permissionsOf(person));
}

export const exportDayMs = 86_400_000;
const exportsADay = 3;

/** What a person asked for of late. */
export type ExportTally = { isUnderWay: boolean; count: number; first: Date | null };

/** Why a person cannot have their data exported now: one at a time, and three a day. */
export function refusalOfExporting(
  { isUnderWay, count, first }: ExportTally,
  now: Date,
): AppError | undefined {
  if (isUnderWay) return conflict('data_export_pending', 'An export of your data is being made already.');
  if (count < exportsADay) return undefined;
  const waitMs = (first?.getTime() ?? now.getTime()) + exportDayMs - now.getTime();
  return new AppError(429, 'rate_limited', `At most ${exportsADay} exports a day.`, {
    headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) },
  });
}
