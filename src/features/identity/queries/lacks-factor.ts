import { sql } from 'kysely';
import { customRolesOf } from '#platform/db/granted-permissions.ts';

/** Whether the institution wants a second factor of the role of `app_user`, or of a custom role they have, and they have none. */
export function lacksFactor() {
  return sql<boolean>`not app_user.has_totp and not app_user.has_passkey
    and (app_user.role = any((select mfa_required_for from sign_in_policy)::text[])
      or exists (select from mfa_required_role where role_id in (${customRolesOf('app_user.id')})))`;
}
