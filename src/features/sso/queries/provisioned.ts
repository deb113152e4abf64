import type { Tx } from '#platform/db/database.ts';

/** Whose account a provider's subject is; undefined where it is nobody's. */
export function findSubject(tx: Tx, providerId: string, subject: string) {
  return tx
    .selectFrom('external_identity')
    .select(['id', 'user_id'])
    .where('provider_id', '=', providerId)
    .where('subject', '=', subject)
    .executeTakeFirst();
}
