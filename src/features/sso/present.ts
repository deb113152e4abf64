import type { Deps } from '#platform/deps.ts';
import type { listIdentities } from './queries/identities.ts';
import type { Protocol, ProviderRow } from './queries/providers.ts';
import { acsUrlOf, metadataUrlOf } from './saml/settings.ts';

type Addressing = Pick<Deps['config'], 'publicUrl' | 'apiV1Prefix'>;

type Named = { protocol: Protocol; key: string };

/** Where a provider leads back to. */
export function redirectUriOf(config: Addressing, { protocol, key }: Named): string {
  const { publicUrl, apiV1Prefix } = config;
  return protocol === 'saml' ? acsUrlOf(config, key) : `${publicUrl}${apiV1Prefix}/auth/oidc/${key}/callback`;
}

/** What a sign-in page shows, and where its button leads. */
export function presentChoice({ protocol, key, name }: Named & { name: string }, config: Addressing) {
  const startUrl = `${config.publicUrl}${config.apiV1Prefix}/auth/${protocol}/${key}/start`;
  return { key, name, protocol, startUrl };
}

export function presentProvider(row: ProviderRow, config: Addressing) {
  return {
    id: row.id,
    protocol: row.protocol,
    key: row.key,
    name: row.name,
    issuer: row.issuer,
    clientId: row.client_id,
    hasClientSecret: row.protocol === 'oidc' && row.client_secret !== null,
    scopes: row.scopes,
    claims: row.claims,
    saml: row.saml && {
      ...row.saml,
      hasSigningKey: row.client_secret !== null,
      ownMetadataUrl: metadataUrlOf(config, row.key),
    },
    groupMappings: row.group_mappings,
    emailDomains: row.email_domains,
    createsAccounts: row.creates_accounts,
    trustsSecondFactor: row.trusts_second_factor,
    isActive: row.is_active,
    redirectUri: redirectUriOf(config, row),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

type IdentityListed = Awaited<ReturnType<typeof listIdentities>>['rows'][number];

export function presentIdentity(row: IdentityListed) {
  return {
    id: row.id,
    provider: { key: row.key, name: row.name, isActive: row.is_active },
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at.toISOString(),
  };
}
