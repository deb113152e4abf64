import type { Db } from '#platform/db/database.ts';

export type SecretColumn = 'secret' | 'previous_secret';

/** The sealed secrets of endpoints behind an id, those of ended ones too, at most `limit`. */
export function listSecrets(db: Db, afterId: string | undefined, limit: number) {
  let query = db.selectFrom('webhook').select(['id', 'secret', 'previous_secret']).orderBy('id').limit(limit);
  if (afterId !== undefined) query = query.where('id', '>', afterId);
  return query.execute();
}

/** Puts another sealing of the same secret in its place, unless it has changed. Harmless twice. */
export async function replaceSecret(
  db: Db,
  { id, column, from }: { id: string; column: SecretColumn; from: Buffer },
  to: Buffer,
): Promise<void> {
  await db
    .updateTable('webhook')
    .set({ [column]: to })
    .where('id', '=', id)
    .where(column, '=', from)
    .execute();
}
