import { changed, type Facts } from '#platform/audit/audit.ts';
import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { newId } from '#platform/ids.ts';
import { refusalOfTrusting } from '../policy.ts';
import {
  deleteProvider,
  findProvider,
  insertProvider,
  lockProvider,
  updateProvider,
  type ProviderRow,
} from '../queries/providers.ts';
import type { NewProviderInput, ProviderPatch } from '../schemas.ts';
import { checkedProvider } from './provider-input.ts';

/** Adds a provider. 400 for an issuer that will not do, 403 `permission_not_held`, 409 `key_taken`. */
export async function createProvider(
  deps: Deps,
  actor: Actor,
  input: NewProviderInput,
): Promise<ProviderRow> {
  const refusal = refusalOfTrusting(actor);
  if (refusal) throw refusal;
  const id = newId();
  const fields = checkedProvider(deps, id, { ...defaults, ...input });
  return inTransaction(deps.db, async (tx) => {
    await insertProvider(tx, id, fields, deps.clock.now());
    const provider = await reread(tx, id);
    await deps.audit.record(tx, { action: 'sso_provider.created', targetId: id, after: factsOf(provider) });
    return provider;
  });
}

const defaults = {
  clientSecret: null,
  scopes: ['openid', 'email', 'profile'],
  claims: {},
  groupMappings: [],
  emailDomains: [],
  createsAccounts: false,
  trustsSecondFactor: false,
  isActive: true,
};

/**
 * Changes a provider. Who manages sign-on may rename it and switch it off; all else takes every permission there is.
 * 400, 403 `permission_not_held`, 404, 409 `key_taken`, 412.
 */
export async function changeProvider(
  deps: Deps,
  actor: Actor,
  id: string,
  { patch, versions }: { patch: ProviderPatch; versions: number[] | null },
): Promise<ProviderRow> {
  return inTransaction(deps.db, async (tx) => {
    const provider = await lockProvider(tx, id);
    if (!provider) throw notFound('Provider');
    requireVersion(versions, provider.version);
    const refusal = isHarmless(patch) ? undefined : refusalOfTrusting(actor);
    if (refusal) throw refusal;
    const { claims } = patch;
    const change = checkedProvider(deps, id, {
      ...patch,
      ...(claims && { claims: { ...provider.claims, ...claims } }),
    });
    await updateProvider(tx, id, change, deps.clock.now());
    const after = await reread(tx, id);
    const hasNewCredentials = patch.clientSecret !== undefined;
    const facts = changed(
      { ...factsOf(provider), hasNewCredentials: false },
      { ...factsOf(after), hasNewCredentials },
    );
    if (facts) await deps.audit.record(tx, { action: 'sso_provider.changed', targetId: id, ...facts });
    return after;
  });
}

function isHarmless({ name: _name, isActive, ...rest }: ProviderPatch): boolean {
  return Object.keys(rest).length === 0 && isActive !== true;
}

/** Deletes a provider with the links of people to it. Sessions that came by it go on. 404, 412. */
export async function removeProvider(deps: Deps, id: string, versions: number[] | null): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const provider = await lockProvider(tx, id);
    if (!provider) throw notFound('Provider');
    requireVersion(versions, provider.version);
    await deleteProvider(tx, id);
    await deps.audit.record(tx, { action: 'sso_provider.deleted', targetId: id, before: factsOf(provider) });
  });
}

async function reread(tx: Tx, id: string): Promise<ProviderRow> {
  const provider = await findProvider(tx, id);
  if (!provider) throw notFound('Provider');
  return provider;
}

/** What the audit trail tells of it: all but its secret. */
function factsOf(row: ProviderRow): Facts {
  return {
    handle: row.key,
    name: row.name,
    issuer: row.issuer,
    clientId: row.client_id,
    scopes: row.scopes,
    claims: { ...row.claims },
    groupMappings: row.group_mappings.map((each) => ({ ...each })),
    emailDomains: row.email_domains,
    createsAccounts: row.creates_accounts,
    trustsSecondFactor: row.trusts_second_factor,
    isActive: row.is_active,
  };
}
