import { permissions, permissionsOf, type Permission, type Powers } from '#platform/auth/actor.ts';
import type { Db } from '#platform/db/database.ts';
import { findHeld, type Held, type HeldRole } from '../queries/rights.ts';

/** What a person may do anywhere, each permission with all that gives it. */
export type Rights = Powers & {
  permissions: { permission: Permission; isOfRole: boolean; customRoles: HeldRole[] }[];
};

/** Undefined where there is no such person. One statement. */
export async function explainRights(db: Db, userId: string): Promise<Rights | undefined> {
  const held = await findHeld(db, userId);
  return held && rightsOf(held);
}

function rightsOf({ role, roles }: Held): Rights {
  const ofRole = permissionsOf({ role });
  const explained = permissions.map((permission) => ({
    permission,
    isOfRole: ofRole.includes(permission),
    customRoles: roles.filter((each) => each.permissions.includes(permission)),
  }));
  const given = explained.filter(({ isOfRole, customRoles }) => isOfRole || customRoles.length > 0);
  return { role, granted: given.map(({ permission }) => permission), permissions: given };
}
