import {
  hasPermission,
  permissionsOf,
  type Permission,
  type Powers,
  type Role,
} from '#platform/auth/actor.ts';

/** What a person may do by this role and may not as they are. */
export function gainedBy(person: Powers, role: Role): Permission[] {
  return permissionsOf({ role }).filter((permission) => !hasPermission(person, permission));
}
