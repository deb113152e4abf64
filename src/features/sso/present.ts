import type { Deps } from '#platform/deps.ts';
import type { listIdentities } from './queries/identities.ts';
import type { ProviderRow } from './queries/providers.ts';

type Addressing = Pick<Deps['config'], 'publicUrl' | 'apiV1Prefix'>;

/** Where a provider leads back to. */
export function redirectUriOf({ publicUrl, apiV1Prefix }: Addressing, key: string): string {
  return `${publicUrl}${apiV1Prefix}/auth/oidc/${key}/callback`;
}

export function presentProvider(row: ProviderRow, config: Addressing) {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    issuer: row.issuer,
    clientId: row.client_id,
    hasClientSecret: row.client_secret !== null,
    scopes: row.scopes,
    claims: row.claims,
    groupMappings: row.group_mappings,
    emailDomains: row.email_domains,
    createsAccounts: row.creates_accounts,
    trustsSecondFactor: row.trusts_second_factor,
    isActive: row.is_active,
    redirectUri: redirectUriOf(config, row.key),
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
