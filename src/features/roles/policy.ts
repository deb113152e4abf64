import { refusalOfGiving } from '#features/identity/policy.ts';
import type { Actor, Permission } from '#platform/auth/actor.ts';
import { conflict, type AppError } from '#platform/errors.ts';

/** Why the actor may not make a role be so, or undefined: it neither gains nor loses what they do not have themselves. */
export function refusalOfRole(
  actor: Actor,
  { before, after }: { before: readonly Permission[]; after: readonly Permission[] },
): AppError | undefined {
  return refusalOfGiving(actor, [...before, ...after]);
}

/** Why the actor may not give or take these roles: to or from a person, or a group and with it all its members. */
export function refusalOfRoles(
  actor: Actor,
  roles: readonly { permissions: readonly Permission[] }[],
): AppError | undefined {
  return refusalOfGiving(
    actor,
    roles.flatMap(({ permissions }) => permissions),
  );
}

/** Why nobody changes by hand what a directory keeps, or undefined where none does: it would be undone, or contradict it. */
export function refusalOfManaged(group: { manager: { name: string } | null }): AppError | undefined {
  if (group.manager === null) return undefined;
  return conflict('group_managed', `The group is kept by ${group.manager.name}: change it there.`);
}
