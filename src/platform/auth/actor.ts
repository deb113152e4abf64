import type { Scope } from './scopes.ts';
import type { SignInState } from './sign-in-state.ts';

export const roles = ['admin', 'instructor', 'student'] as const;
export type Role = (typeof roles)[number];

/** What a role may do anywhere. Rights within a course come from its staff, not from here. */
export const permissionsOfRole = {
  admin: [
    'courses.create',
    'courses.manageAny',
    'courses.observeAny',
    'users.manage',
    'roles.manage',
    'groups.manage',
    'sso.manage',
    'certificates.manage',
    'webhooks.manage',
    'events.view',
    'operation.view',
    'operation.manage',
    'audit.read',
  ],
  instructor: ['courses.create'],
  student: [],
} as const satisfies Record<Role, readonly string[]>;

export type Permission = (typeof permissionsOfRole)[Role][number];
/** All that there are: an admin may do everything. */
export const permissions: readonly Permission[] = permissionsOfRole.admin;

/** What decides of a person's rights: the role, and what was given beyond it by custom roles. */
export type Powers = { role: Role; granted?: readonly Permission[] | undefined };

/** What a program that acts for a person by an API key is held to. */
export type KeyInUse = { id: string; scopes: readonly Scope[] };

/**
 * Who makes a request: the person, as the database knows them now, and the session they came by; null where a program
 * acts for them by an API key, which then says what it may be used for. `impersonator`: the admin who acts as them.
 */
export type Actor = Powers & {
  userId: string;
  sessionId: string | null;
  impersonator?: { id: string } | null;
  apiKey?: KeyInUse;
  signIn?: SignInState;
};
/** One who came by a session. */
export type Person = Actor & { sessionId: string };

/** By whose hand it is: the person’s, or of the admin who acts as them. */
export function handOf(actor: Pick<Actor, 'userId' | 'impersonator'>): string {
  return actor.impersonator?.id ?? actor.userId;
}

export function hasPermission(person: Powers, permission: Permission): boolean {
  return permissionsOf(person).includes(permission);
}

/** All that a person may do anywhere, each once. A permission that a newer version gave is none here. */
export function permissionsOf({ role, granted = [] }: Powers): readonly Permission[] {
  const own: readonly Permission[] = permissionsOfRole[role];
  if (granted.length === 0) return own;
  return permissions.filter((permission) => own.includes(permission) || granted.includes(permission));
}
