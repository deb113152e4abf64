import type { Tx } from '#platform/db/database.ts';

/** Since when nobody but its person has chosen what opens the account; null where somebody else has. */
export async function findOwnSince(tx: Tx, userId: string): Promise<Date | null> {
  const { own_since: since } = await tx
    .selectFrom('app_user')
    .select('own_since')
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  return since;
}

/**
 * What opens the account by itself and is older goes: passkeys, an app with its recovery codes, API keys; and changes of the
 * address that wait count no more. One that has come can still be undone: whoever came by somebody outside may have it by
 * that change alone, and not be who had the account. Returns whether anything did.
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
