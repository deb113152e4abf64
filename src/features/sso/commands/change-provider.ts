import { changed } from '#platform/audit/audit.ts';
import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { newId } from '#platform/ids.ts';
import { refusalOfTrusting } from '../policy.ts';
import {
  findProvider,
  insertProvider,
  lockProvider,
  updateProvider,
  type ProviderFields,
  type ProviderRow,
} from '../queries/providers.ts';
import type { ProviderMetadata } from '../saml/metadata.ts';
import { metadataUrlOf } from '../saml/settings.ts';
import type { NewProviderInput, ProviderPatch } from '../schemas.ts';
import { factsOf } from './provider-facts.ts';
import { missing, reasonsAgainstOidc, storedOf, throwIfAny } from './provider-input.ts';
import { checkedSaml, metadataGiven } from './saml-input.ts';

/** Adds a provider. 400 for what will not do, 403 `permission_not_held`, 409 `key_taken`. */
export async function createProvider(
  deps: Deps,
  actor: Actor,
  input: NewProviderInput,
): Promise<ProviderRow> {
  const refusal = refusalOfTrusting(actor);
  if (refusal) throw refusal;
  const id = newId();
  const fields = input.protocol === 'saml' ? await newSaml(deps, id, input) : newOidc(deps, id, input);
  return inTransaction(deps.db, async (tx) => {
    await insertProvider(tx, id, fields, deps.clock.now());
    const provider = await reread(tx, id);
    await deps.audit.record(tx, { action: 'sso_provider.created', targetId: id, after: factsOf(provider) });
    return provider;
  });
}

function newOidc(deps: Deps, id: string, { protocol: _, saml, ...input }: NewProviderInput): ProviderFields {
  const { issuer = '', clientId = '' } = input;
  throwIfAny([
    ...(input.issuer === undefined ? [missing('/issuer')] : []),
    ...(input.clientId === undefined ? [missing('/clientId')] : []),
    ...reasonsAgainstOidc(deps, { ...input, ...(saml && { saml }) }),
  ]);
  const scopes = ['openid', 'email', 'profile'];
  const stored = storedOf(deps, id, { ...defaults, scopes, ...input, issuer, clientId });
  return { ...stored, protocol: 'oidc', saml: null };
}

async function newSaml(
  deps: Deps,
  id: string,
  { protocol: _, ...patch }: NewProviderInput,
): Promise<ProviderFields> {
  const told = await metadataGiven(deps, patch.saml);
  const fields = checkedSaml(deps, id, { patch, ...(told && { told }) });
  const { saml: _given, ...input } = patch;
  const { issuer = told?.entityId ?? '', clientId = metadataUrlOf(deps.config, input.key) } = input;
  throwIfAny(issuer === '' ? [missing('/issuer')] : []);
  const stored = storedOf(deps, id, { ...defaults, scopes: [], ...input, issuer, clientId });
  return { ...stored, ...fields, protocol: 'saml' };
}

const defaults = {
  clientSecret: null,
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
  const refusal = isHarmless(patch) ? undefined : refusalOfTrusting(actor);
  // Read before anything is locked, and for nobody who may not.
  const told = refusal ? undefined : await metadataGiven(deps, patch.saml);
  return inTransaction(deps.db, async (tx) => {
    const provider = await lockProvider(tx, id);
    if (!provider) throw notFound('Provider');
    requireVersion(versions, provider.version);
    if (refusal) throw refusal;
    const change = changeOf(deps, provider, { patch, ...(told && { told }) });
    await updateProvider(tx, id, change, deps.clock.now());
    const after = await reread(tx, id);
    const hasNewCredentials = patch.clientSecret !== undefined || patch.saml?.signingKey !== undefined;
    const facts = changed(
      { ...factsOf(provider), hasNewCredentials: false },
      { ...factsOf(after), hasNewCredentials },
    );
    if (facts) await deps.audit.record(tx, { action: 'sso_provider.changed', targetId: id, ...facts });
    return after;
  });
}

function changeOf(
  deps: Deps,
  provider: ProviderRow,
  { patch, told }: { patch: ProviderPatch; told?: ProviderMetadata },
): Partial<ProviderFields> {
  const { saml: _, ...input } = patch;
  const { id, saml: before } = provider;
  if (!before) throwIfAny(reasonsAgainstOidc(deps, patch));
  const claims = patch.claims && { ...provider.claims, ...patch.claims };
  const issuer = patch.issuer ?? told?.entityId;
  const common = storedOf(deps, id, {
    ...input,
    ...(claims && { claims }),
    ...(issuer !== undefined && { issuer }),
  });
  return before ? { ...common, ...checkedSaml(deps, id, { patch, before, ...(told && { told }) }) } : common;
}

function isHarmless({ name: _name, isActive, ...rest }: ProviderPatch): boolean {
  return Object.keys(rest).length === 0 && isActive !== true;
}

async function reread(tx: Tx, id: string): Promise<ProviderRow> {
  const provider = await findProvider(tx, id);
  if (!provider) throw notFound('Provider');
  return provider;
}
