import { permissionsOfRole } from '#platform/auth/actor.ts';
import type { UserRow } from './queries.ts';

/** A person as admins see them. */
export function presentUser(row: UserRow) {
  return {
    id: row.id,
    email: row.email,
    emailVerified: row.email_verified_at !== null,
    name: row.name,
    role: row.role,
    status: row.status,
    locale: row.locale,
    timeZone: row.time_zone,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** A person as they see themselves: with what they may do. */
export function presentMe(row: UserRow) {
  return { ...presentUser(row), permissions: [...permissionsOfRole[row.role]] };
}
