import { findUserId } from '#features/identity/commands/find-user-id.ts';
import type { Deps } from '#platform/deps.ts';
import { allowsDemoData } from '#platform/config/config.ts';

/** Of everybody in the demo academy. Well known, so it exists only where `allowsDemoData`. */
export const demoPassword = 'Demo-pass-2026';

const advertised = ['admin@example.com', 'instructor@example.com', 'student@example.com'];

/** The addresses to try the academy with, as far as they are there. */
export async function findDemoAccounts(deps: Deps): Promise<string[]> {
  if (!allowsDemoData(deps.config)) return [];
  const ids = await Promise.all(advertised.map((email) => findUserId(deps.db, email)));
  return advertised.filter((_, index) => ids[index] !== undefined);
}
