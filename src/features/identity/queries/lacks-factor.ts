import { sql } from 'kysely';

/** Whether the institution wants a second factor of the role of `app_user`, and they have none. */
export function lacksFactor() {
  return sql<boolean>`not app_user.has_totp and not app_user.has_passkey
    and app_user.role = any((select mfa_required_for from sign_in_policy)::text[])`;
}
