import type { Deps } from '#platform/deps.ts';
import { renewAll, type Renewal } from '#platform/renewal.ts';
import { listTotpSecrets, replaceTotpSecret } from '../queries/totp.ts';
import { totpContext } from '../totp.ts';

const pageSize = 500;
const columns = ['secret', 'pending_secret'] as const;

/** Seals the secrets of authenticator apps anew, after a change of ENCRYPTION_KEY; with `isCounting` it only counts. */
export function renewTotpSecrets(
  { db, encryption }: Pick<Deps, 'db' | 'encryption'>,
  how: { isCounting: boolean },
): Promise<Renewal> {
  return renewAll<string>(encryption, how, async (afterId) => {
    const rows = await listTotpSecrets(db, afterId, pageSize);
    const sealed = rows.flatMap((row) =>
      columns.flatMap((column) => {
        const { user_id: userId } = row;
        const value = row[column];
        if (value === null) return [];
        const replace = (renewed: Buffer) => replaceTotpSecret(db, { userId, column, from: value }, renewed);
        return [{ value, context: totpContext(userId), replace }];
      }),
    );
    return { sealed, last: rows.length === pageSize ? rows.at(-1)?.user_id : undefined };
  });
}
