import { refusalOfGiving } from '#features/identity/policy.ts';
import type { Actor, Permission } from '#platform/auth/actor.ts';
import type { AppError } from '#platform/errors.ts';

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
