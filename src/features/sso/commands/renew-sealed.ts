import type { Deps } from '#platform/deps.ts';
import { renewAll, type Renewal } from '#platform/renewal.ts';
import {
  listClientSecrets,
  listIdTokens,
  replaceClientSecret,
  replaceIdToken,
} from '../queries/providers.ts';
import { signInContext } from './admit.ts';
import { secretContext } from './provider-input.ts';

const pageSize = 500;

/** Seals the client secrets of providers anew, after a change of ENCRYPTION_KEY; with `isCounting` it only counts. */
export function renewClientSecrets(
  { db, encryption }: Pick<Deps, 'db' | 'encryption'>,
  how: { isCounting: boolean },
): Promise<Renewal> {
  return renewAll<string>(encryption, how, async (afterId) => {
    const rows = await listClientSecrets(db, afterId, pageSize);
    const sealed = rows.flatMap(({ id, client_secret: value }) =>
      value === null
        ? []
        : [
            {
              value,
              context: secretContext(id),
              replace: (to: Buffer) => replaceClientSecret(db, id, value, to),
            },
          ],
    );
    return { sealed, last: rows.length === pageSize ? rows.at(-1)?.id : undefined };
  });
}

/** The same for the ID tokens by which sessions log out at a provider. */
export function renewIdTokens(
  { db, encryption }: Pick<Deps, 'db' | 'encryption'>,
  how: { isCounting: boolean },
): Promise<Renewal> {
  return renewAll<string>(encryption, how, async (afterId) => {
    const rows = await listIdTokens(db, afterId, pageSize);
    const sealed = rows.map(({ id, id_token: value }) => ({
      value,
      context: signInContext(id),
      replace: (to: Buffer) => replaceIdToken(db, id, value, to),
    }));
    return { sealed, last: rows.length === pageSize ? rows.at(-1)?.id : undefined };
  });
}
