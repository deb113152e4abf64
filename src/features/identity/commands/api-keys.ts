import { permissionsOf, type Actor, type Person } from '#platform/auth/actor.ts';
import { hintOf, newApiKey } from '#platform/auth/api-key.ts';
import { hashToken } from '#platform/crypto.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { apiKeyCreated, apiKeyRotated } from '../events.ts';
import { refusalOfGiving } from '../policy.ts';
import { countKeys, insertKey, lockKey, revokeKey, rotateKey, type ApiKeyRow } from '../queries/api-keys.ts';
import { lockUser } from '../queries/people.ts';
import type { NewApiKeyInput } from '../schemas/api-keys.ts';

const dayMs = 86_400_000;
const defaultDays = 90;
const maxKeys = 50;

export type MadeKey = { row: ApiKeyRow; key: string };

/** Makes a key, whose text is told only now. 409 `api_keys_full`. */
export async function createApiKey(deps: Deps, person: Person, input: NewApiKeyInput): Promise<MadeKey> {
  const key = newApiKey();
  const now = deps.clock.now();
  const row = await inTransaction(deps.db, async (tx) => {
    await lockUser(tx, person.userId);
    if ((await countKeys(tx, person.userId)) >= maxKeys) {
      throw conflict('api_keys_full', `Nobody has more than ${maxKeys} API keys. Revoke one first.`);
    }
    const id = newId();
    const after = { name: input.name.trim(), scopes: input.scopes };
    await deps.audit.record(tx, { action: 'api_key.created', targetId: id, personId: person.userId, after });
    const data = { userId: person.userId, keyId: id };
    await deps.events.publish(tx, fact(apiKeyCreated, person.userId, now, data));
    return insertKey(tx, {
      id,
      userId: person.userId,
      name: input.name.trim(),
      hint: hintOf(key),
      hash: hashToken(key),
      scopes: input.scopes,
      expiresAt: new Date(now.getTime() + (input.expiresInDays ?? defaultDays) * dayMs),
      now,
    });
  });
  return { row, key };
}

/** Makes a new secret for a key, of which its owner is told; the present one is good for another 24 hours. 404. */
export async function rotateApiKey(deps: Deps, person: Person, id: string): Promise<MadeKey> {
  const key = newApiKey();
  const now = deps.clock.now();
  const previousUntil = new Date(now.getTime() + dayMs);
  return inTransaction(deps.db, async (tx) => {
    const row = await lockKey(tx, person.userId, id);
    if (!row) throw notFound('API key');
    await rotateKey(tx, id, { hash: hashToken(key), hint: hintOf(key), previousUntil });
    await deps.audit.record(tx, { action: 'api_key.rotated', targetId: id, personId: person.userId });
    const data = { userId: person.userId, keyId: id };
    await deps.events.publish(tx, fact(apiKeyRotated, person.userId, now, data));
    return { row: { ...row, hint: hintOf(key), previous_secret_until: previousUntil }, key };
  });
}

/** Stops one's own key at once, on every node. 404. */
export async function revokeApiKey(deps: Deps, of: { userId: string; id: string }): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await revoke(deps, tx, of);
  });
}

/** The same for another person's, by one who may do all that they may. 403 `permission_not_held`, 404. */
export async function revokeApiKeyOf(
  deps: Deps,
  actor: Actor,
  of: { userId: string; id: string },
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const owner = await lockUser(tx, of.userId);
    if (!owner) throw notFound('User');
    const refusal = refusalOfGiving(actor, permissionsOf(owner));
    if (refusal) throw refusal;
    await revoke(deps, tx, of);
  });
}

async function revoke({ audit, clock }: Deps, tx: Tx, of: { userId: string; id: string }): Promise<void> {
  const key = await revokeKey(tx, of, clock.now());
  if (!key) throw notFound('API key');
  const before = { name: key.name, scopes: [...key.scopes] };
  await audit.record(tx, { action: 'api_key.revoked', targetId: of.id, personId: of.userId, before });
}
