import { mayBeActedAs } from '#platform/auth/acting.ts';
import {
  hasPermission,
  permissionsOf,
  type Actor,
  type Permission,
  type Powers,
  type Role,
} from '#platform/auth/actor.ts';
import type { SignInMethod } from '#platform/auth/sign-in-state.ts';
import { conflict, forbidden, type AppError } from '#platform/errors.ts';
import type { Standing } from './standing.ts';

/** What a change of a person must respect. `otherAdmins`: active admins besides this one, counted where it may take one away. */
export type PersonChange = {
  target: Powers & { id: string; status: 'active' | 'deactivated' };
  role?: Role | undefined;
  status?: Standing | undefined;
  otherAdmins: number;
};

/** Why an actor may not make this change, or undefined where they may. */
export function refusalOfChange(actor: Actor, change: PersonChange): AppError | undefined {
  const { target } = change;
  const excess = refusalOfGiving(actor, [
    ...permissionsOf(target),
    ...(change.role ? permissionsOf({ role: change.role }) : []),
  ]);
  if (excess) return excess;
  const losesAdmin = target.role === 'admin' && target.status === 'active' && mayTakeAdminAway(change);
  if (losesAdmin && change.otherAdmins === 0) {
    return conflict('last_admin', 'The last active admin must stay one. Make another admin first.');
  }
  if (actor.userId === target.id && shutsOut(change)) {
    return forbidden('Nobody deactivates or suspends their own account here. Ask another admin.');
  }
  return undefined;
}

/** Whether the change would make an active admin none. */
export function mayTakeAdminAway({ role, status }: Pick<PersonChange, 'role' | 'status'>): boolean {
  return shutsOut({ status }) || (role !== undefined && role !== 'admin');
}

function shutsOut({ status }: Pick<PersonChange, 'status'>): boolean {
  return status === 'deactivated' || status === 'suspended';
}

/** How long showing who one is counts for sensitive operations: as long as an access token lives by default. */
export const freshForMs = 15 * 60_000;

/** What is known of how somebody signed in. */
export type SignIn = {
  authenticatedAt: Date;
  methods: readonly SignInMethod[];
  hasTotp: boolean;
  hasPasskey: boolean;
};

/** Whether a sign-in is of late, and by a second factor where its person has one: a password, or a provider, alone must not take it away. */
export function isFreshSignIn({ authenticatedAt, methods, ...factors }: SignIn, now: Date): boolean {
  const hasFactor = factors.hasTotp || factors.hasPasskey;
  const isStrong = methods.some((method) => method !== 'password' && method !== 'provider');
  return now.getTime() - authenticatedAt.getTime() < freshForMs && (isStrong || !hasFactor);
}

/** Why a person may not give up a password or a passkey, or undefined: of what is left, something must let them sign in. */
export function refusalOfLosingWays(left: {
  hasPassword: boolean;
  hasPasskey: boolean;
  hasLink: boolean;
}): AppError | undefined {
  if (left.hasPassword || left.hasPasskey || left.hasLink) return undefined;
  return conflict('last_sign_in_way', 'This is your only way to sign in. Add a passkey or a password first.');
}

/**
 * Why the actor may not give these permissions, take them away, or act on an account that has them; or undefined.
 * Nobody can do by way of another account, a role or a group what they may not do themselves.
 */
export function refusalOfGiving(actor: Actor, permissions: readonly Permission[]): AppError | undefined {
  const missing = new Set(permissions.filter((permission) => !hasPermission(actor, permission)));
  if (missing.size === 0) return undefined;
  return forbidden(
    'This is about permissions that you do not have yourself.',
    'permission_not_held',
    [...missing].map((permission) => ({
      code: 'permission_not_held',
      params: { permission },
      message: `You do not have the permission ${permission}.`,
    })),
  );
}

/**
 * Why the actor may not act as this person, or undefined. Admins by role alone, so that the right cannot be handed on; and
 * as nobody who has a say in the institution, so that nothing is done there in another's name.
 */
export function refusalOfActing(actor: Actor, target: Powers & { id: string }): AppError | undefined {
  const refuse = (why: string) => forbidden(why, 'acting_not_allowed');
  if (actor.role !== 'admin') return refuse('Only admins act as other people.');
  if (actor.userId === target.id) return refuse('Nobody acts as themselves.');
  if (mayBeActedAs(target)) return undefined;
  return refuse('This person has permissions in the institution. Nobody acts as them.');
}
