import { permissionsOf, permissionsOfRole, type Permission, type Powers } from '#platform/auth/actor.ts';
import { conflict, forbidden, type AppError } from '#platform/errors.ts';

/** What somebody whom a directory changes may be able to do, beside what they have by its own groups. */
const harmless: readonly Permission[] = permissionsOfRole.instructor;

/**
 * Why a directory may not change this account, or undefined. It has the address of a person in its hand, and with it their
 * password: of those who manage anything here nobody becomes its creature. `powers`: without what its own groups give.
 */
export function refusalOfTouching(powers: Powers): AppError | undefined {
  if (permissionsOf(powers).every((each) => harmless.includes(each))) return undefined;
  return forbidden('This account may do more than a directory can give or take.', 'permission_not_held');
}

/**
 * Why a directory may not take up an account that has the address of somebody whom it brings, or undefined: as with
 * providers, only where both sides have proved the address.
 */
export function refusalOfTakingUp(
  account: Powers & { isEmailVerified: boolean },
  { isOwnDomain }: { isOwnDomain: boolean },
): AppError | undefined {
  const isProved = isOwnDomain && account.isEmailVerified;
  if (isProved && !refusalOfTouching(account)) return undefined;
  return conflict(
    'email_taken',
    'An account here has this address, and it is not for this connection to take up.',
  );
}
