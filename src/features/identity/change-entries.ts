import type { AuditAction } from '#platform/audit/actions.ts';
import { changed, type AuditEntry, type Facts } from '#platform/audit/audit.ts';
import type { UserRow } from './queries/people.ts';
import { standingOf } from './standing.ts';

export type PersonChanged = { before: UserRow; after: UserRow; hasNewPassword: boolean };

const factsOf: Partial<Record<AuditAction, (user: UserRow) => Facts>> = {
  'user.role_changed': ({ role }) => ({ role }),
  'user.status_changed': (user) => ({ status: standingOf(user) }),
  'email.changed': ({ email }) => ({ email }),
  'user.updated': ({ name, locale, time_zone: timeZone }) => ({ name, locale, timeZone }),
};

/** What the audit trail tells of a change of a person: an entry for each kind of change. */
export function entriesOfChange({ before, after, hasNewPassword }: PersonChanged): AuditEntry[] {
  const entries = Object.entries(factsOf).flatMap(([action, facts]) => {
    const change = changed(facts(before), facts(after));
    return change ? [{ action: action as AuditAction, targetId: after.id, ...change }] : [];
  });
  return hasNewPassword ? [...entries, { action: 'password.changed', targetId: after.id }] : entries;
}
