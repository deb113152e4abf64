import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { endImpersonationsBy } from '../queries/impersonations.ts';
import { lockAdmins } from '../queries/people.ts';
import { changeRoles, type RoleChange } from '../queries/roles-given.ts';

// Of one statement: it takes 65,535 values.
const entriesAtOnce = 1_000;

/**
 * Gives many people at once the role that they had before somebody outside gave them one: each where they still have that
 * one, since another was given by hand. The last active admin stays one. As many statements for a thousand as for one.
 */
export async function giveBackRoles(deps: Deps, tx: Tx, wanted: readonly RoleChange[]): Promise<void> {
  const losing = new Set(wanted.filter(({ from }) => from === 'admin').map(({ userId }) => userId));
  // Before the people's own rows, so that all changes of admins lock in one order.
  const admins = losing.size > 0 ? await lockAdmins(tx) : [];
  const hasOther = admins.some((id) => !losing.has(id));
  const stays = (userId: string) => !hasOther && (admins.length === 0 || userId === admins.at(-1));
  const changes = wanted.filter(({ userId, from }) => from !== 'admin' || !stays(userId));
  if (changes.length === 0) return;
  const now = deps.clock.now();
  const changed = await changeRoles(tx, changes, now);
  const demoted = changed.filter(({ from }) => from === 'admin').map(({ userId }) => userId);
  if (demoted.length > 0) await endImpersonationsBy(tx, demoted, now);
  for (let at = 0; at < changed.length; at += entriesAtOnce)
    await deps.audit.record(
      tx,
      ...changed.slice(at, at + entriesAtOnce).map(({ userId, from, to }) => ({
        action: 'user.role_changed' as const,
        by: null,
        targetId: userId,
        before: { role: from },
        after: { role: to },
      })),
    );
}
