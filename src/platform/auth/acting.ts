import { permissionsOf, roles, type Permission, type Powers } from './actor.ts';

/** How long an admin acts as somebody at most, before saying anew why. */
export const actingForMs = 15 * 60_000;

/** What somebody may do at most whom admins act as. What is not listed here admins do in their own name alone. */
export const permissionsActedWith: readonly Permission[] = ['courses.create'];

/** Whether admins may act as somebody with these powers. */
export function mayBeActedAs(person: Powers): boolean {
  return permissionsOf(person).every((permission) => permissionsActedWith.includes(permission));
}

export const rolesActedAs = roles.filter((role) => mayBeActedAs({ role }));
