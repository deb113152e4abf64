import type { Tx } from '#platform/db/database.ts';

/** Final: the caller has seen, under the row's lock, that it was in force. */
export async function revoke(tx: Tx, id: string, reason: string, now: Date): Promise<void> {
  await tx
    .updateTable('certificate')
    .set({ revoked_at: now, revocation_reason: reason })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
}
