import type { Deps } from '#platform/deps.ts';
import { renewAll, type Renewal } from '#platform/renewal.ts';
import { listSecrets, replaceSecret } from '../queries/secrets.ts';

const pageSize = 500;
const columns = ['secret', 'previous_secret'] as const;

/** Seals the secrets of webhooks anew, after a change of ENCRYPTION_KEY; with `isCounting` it only counts. */
export function renewSecrets(
  { db, encryption }: Pick<Deps, 'db' | 'encryption'>,
  how: { isCounting: boolean },
): Promise<Renewal> {
  return renewAll<string>(encryption, how, async (afterId) => {
    const rows = await listSecrets(db, afterId, pageSize);
    const sealed = rows.flatMap((row) =>
      columns.flatMap((column) => {
        const { id } = row;
        const value = row[column];
        if (value === null) return [];
        const replace = (renewed: Buffer) => replaceSecret(db, { id, column, from: value }, renewed);
        return [{ value, context: id, replace }];
      }),
    );
    return { sealed, last: rows.length === pageSize ? rows.at(-1)?.id : undefined };
  });
}
