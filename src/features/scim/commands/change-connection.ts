import { refusalOfTrusting } from '#features/sso/policy.ts';
import { changed, type Facts } from '#platform/audit/audit.ts';
import type { Actor } from '#platform/auth/actor.ts';
import { hintOf, newScimToken } from '#platform/auth/api-key.ts';
import { hashToken } from '#platform/crypto.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { invalid, notFound } from '#platform/errors.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { newId } from '#platform/ids.ts';
import {
  deleteConnection,
  findConnection,
  insertConnection,
  isProvider,
  lockConnection,
  rotateSecret,
  updateConnection,
  type ConnectionRow,
} from '../queries/connections.ts';
import type { ConnectionPatch, NewConnectionInput, NewTokenInput } from '../schemas/connections.ts';

const dayMs = 86_400_000;
const defaultDays = 366;

export type MadeConnection = { row: ConnectionRow; token: string };

/** Adds a connection; its token is told only now. It takes every permission there is. 400, 403 `permission_not_held`. */
export async function createConnection(
  deps: Deps,
  actor: Actor,
  { expiresInDays, ...input }: NewConnectionInput,
): Promise<MadeConnection> {
  const refusal = refusalOfTrusting(actor);
  if (refusal) throw refusal;
  const id = newId();
  const now = deps.clock.now();
  const { token, secret } = newSecret(now, expiresInDays);
  const given = { providerId: null, emailDomains: [], isActive: true, ...input };
  const row = await inTransaction(deps.db, async (tx) => {
    await insertConnection(tx, id, { ...(await fieldsOf(tx, given)), ...secret }, now);
    const made = await reread(tx, id);
    await deps.audit.record(tx, {
      action: 'scim_connection.created',
      targetId: id,
      after: { ...factsOf(made), expiresAt: made.expires_at.toISOString() },
    });
    return made;
  });
  return { row, token };
}

/**
 * Changes a connection. Who manages sign-on may rename it and switch it off; all else takes every permission there is.
 * 400, 403 `permission_not_held`, 404, 412.
 */
export async function changeConnection(
  deps: Deps,
  actor: Actor,
  id: string,
  { patch, versions }: { patch: ConnectionPatch; versions: number[] | null },
): Promise<ConnectionRow> {
  return inTransaction(deps.db, async (tx) => {
    const before = await lockConnection(tx, id);
    if (!before) throw notFound('Connection');
    requireVersion(versions, before.version);
    const refusal = isHarmless(patch) ? undefined : refusalOfTrusting(actor);
    if (refusal) throw refusal;
    await updateConnection(tx, id, await fieldsOf(tx, patch), deps.clock.now());
    const after = await reread(tx, id);
    const facts = changed(factsOf(before), factsOf(after));
    if (facts) await deps.audit.record(tx, { action: 'scim_connection.changed', targetId: id, ...facts });
    return after;
  });
}

function isHarmless({ name: _name, isActive, ...rest }: ConnectionPatch): boolean {
  return Object.keys(rest).length === 0 && isActive !== true;
}

/** Makes a new token; the present one is good for another 24 hours. 403 `permission_not_held`, 404. */
export async function rotateToken(
  deps: Deps,
  actor: Actor,
  id: string,
  { expiresInDays }: NewTokenInput,
): Promise<MadeConnection> {
  const refusal = refusalOfTrusting(actor);
  if (refusal) throw refusal;
  const now = deps.clock.now();
  const { token, secret } = newSecret(now, expiresInDays);
  const row = await inTransaction(deps.db, async (tx) => {
    if (!(await lockConnection(tx, id))) throw notFound('Connection');
    await rotateSecret(tx, id, { ...secret, previousUntil: new Date(now.getTime() + dayMs) }, now);
    const after = { expiresAt: secret.expires_at.toISOString() };
    await deps.audit.record(tx, { action: 'scim_connection.token_rotated', targetId: id, after });
    return reread(tx, id);
  });
  return { row, token };
}

/** Deletes a connection: its token stops, its people and groups stay, and are anybody's. 404, 412. */
export async function removeConnection(deps: Deps, id: string, versions: number[] | null): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const before = await lockConnection(tx, id);
    if (!before) throw notFound('Connection');
    requireVersion(versions, before.version);
    await deleteConnection(tx, id);
    await deps.audit.record(tx, {
      action: 'scim_connection.deleted',
      targetId: id,
      before: factsOf(before),
    });
  });
}

function newSecret(now: Date, days = defaultDays) {
  const token = newScimToken();
  const expiresAt = new Date(now.getTime() + days * dayMs);
  return { token, secret: { secret_hash: hashToken(token), hint: hintOf(token), expires_at: expiresAt } };
}

type Fields<Input> = Input extends Required<ConnectionPatch> ? Required<Columns> : Columns;
type Columns = {
  name?: string;
  provider_id?: string | null;
  email_domains?: string[];
  is_active?: boolean;
};

async function fieldsOf<Input extends ConnectionPatch>(tx: Tx, input: Input): Promise<Fields<Input>> {
  const { name, providerId, emailDomains, isActive } = input;
  if (providerId != null && !(await isProvider(tx, providerId))) {
    const message = 'There is no such provider of single sign-on.';
    throw invalid('The body is not valid.', [{ path: '/providerId', code: 'provider_unknown', message }]);
  }
  return {
    ...(name !== undefined && { name: name.trim() }),
    ...(providerId !== undefined && { provider_id: providerId }),
    ...(emailDomains && { email_domains: [...new Set(emailDomains.map((each) => each.toLowerCase()))] }),
    ...(isActive !== undefined && { is_active: isActive }),
  } as Fields<Input>;
}

async function reread(tx: Tx, id: string): Promise<ConnectionRow> {
  const row = await findConnection(tx, id);
  if (!row) throw notFound('Connection');
  return row;
}

/** What the audit trail tells of it: all but its token. */
function factsOf(row: ConnectionRow): Facts {
  return {
    name: row.name,
    providerId: row.provider_id,
    emailDomains: row.email_domains,
    isActive: row.is_active,
  };
}
