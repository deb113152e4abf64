import { sql } from 'kysely';
import type { Tx } from '#platform/db/database.ts';
import { grantedPermissions } from '#platform/db/granted-permissions.ts';

/**
 * Since when nobody but its person has chosen what opens the account, null where somebody else has; and who else ever has,
 * null where it is not known.
 */
export function findOwnership(tx: Tx, userId: string) {
  return tx
    .selectFrom('app_user')
    .select(['own_since', 'chosen_by'])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
}

export type Rising = { id: string; chosen_by: string[] | null; is_exposed: boolean };

/**
 * These people, with who else ever chose their password or address, null where it is not known: as it is, too, of what the
 * code before `chosen_by` wrote. `is_exposed`: something opens the account that somebody else chose, or may have. All of
 * them stay as they are until the transaction ends, by a lock that whoever else makes them a member of something meanwhile
 * does not wait for.
 */
export async function holdRising(tx: Tx, userIds: readonly string[]): Promise<Rising[]> {
  const { rows } = await sql<Rising>`
    select id,
           case when own_since is null and chosen_by = '{}' then null else chosen_by end as chosen_by,
           own_since is null and (
             password_hash is not null
             or exists (select from session where user_id = app_user.id and ended_at is null))
           or exists (
             select from passkey
             where user_id = app_user.id and (own_since is null or created_at < own_since))
           or exists (
             select from totp_factor
             where user_id = app_user.id and (own_since is null or confirmed_at < own_since))
           or exists (
             select from api_key
             where user_id = app_user.id and (own_since is null or created_at < own_since)
               and revoked_at is null) as is_exposed
    from app_user where id = any(${[...userIds]}::uuid[]) order by id for no key update`.execute(tx);
  return rows;
}

/** None of the changes of their addresses can come or be undone any more: it may be asked, or undone, by who gave the first. */
export async function endChangesOf(tx: Tx, userIds: readonly string[], now: Date): Promise<void> {
  await tx
    .updateTable('email_change')
    .set({ ended_at: now })
    .where('user_id', '=', sql<string>`any(${[...userIds]}::uuid[])`)
    .where('ended_at', 'is', null)
    .where('by_admin', '=', false)
    .execute();
}

/** What these may do, of those who are active. */
export function listPowers(tx: Tx, userIds: readonly string[]) {
  return tx
    .selectFrom('app_user')
    .select(['id', 'role', grantedPermissions('app_user.id').as('granted')])
    .where('id', '=', sql<string>`any(${[...userIds]}::uuid[])`)
    .where('deactivated_at', 'is', null)
    .execute();
}

/**
 * What opens the account by itself and is older goes: passkeys, an app with its recovery codes, API keys; and changes of the
 * address that wait count no more. One that has come can still be undone, until its person may do more: whoever came by
 * somebody outside may have it by that change alone, and not be who had the account. Returns whether anything did.
 */
export async function removeWaysBefore(
  tx: Tx,
  { userId, before, now }: { userId: string; before: Date; now: Date },
): Promise<boolean> {
  const passkeys = await tx
    .deleteFrom('passkey')
    .where('user_id', '=', userId)
    .where('created_at', '<', before)
    .returning('id')
    .execute();
  const apps = await tx
    .deleteFrom('totp_factor')
    .where('user_id', '=', userId)
    .where((eb) => eb.or([eb('confirmed_at', '<', before), eb('confirmed_at', 'is', null)]))
    .returning('user_id')
    .execute();
  await tx
    .deleteFrom('recovery_code')
    .where('user_id', '=', userId)
    .where('created_at', '<', before)
    .execute();
  const keys = await tx
    .updateTable('api_key')
    .set({ revoked_at: now, previous_secret_hash: null, previous_secret_until: null })
    .where('user_id', '=', userId)
    .where('created_at', '<', before)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  await tx
    .updateTable('email_change')
    .set({ ended_at: now })
    .where('user_id', '=', userId)
    .where('created_at', '<', before)
    .where('confirmed_at', 'is', null)
    .where('ended_at', 'is', null)
    .execute();
  return passkeys.length + apps.length + keys.length > 0;
}
