import { createHash } from 'node:crypto';
import type { Facts } from '#platform/audit/audit.ts';
import type { ProviderRow } from '../queries/providers.ts';
import type { SamlSettings } from '../saml/settings.ts';

/** What the audit trail tells of it: all but its secret. */
export function factsOf(row: ProviderRow): Facts {
  return {
    handle: row.key,
    name: row.name,
    protocol: row.protocol,
    issuer: row.issuer,
    clientId: row.client_id,
    scopes: row.scopes,
    claims: { ...row.claims },
    saml: factsOfSaml(row.saml),
    groupMappings: row.group_mappings.map((each) => ({ ...each })),
    emailDomains: row.email_domains,
    createsAccounts: row.creates_accounts,
    trustsSecondFactor: row.trusts_second_factor,
    isActive: row.is_active,
  };
}

/** Certificates by their prints. */
function factsOfSaml(saml: SamlSettings | null): Facts | null {
  if (!saml) return null;
  const printOf = (certificate: string) =>
    createHash('sha256').update(Buffer.from(certificate, 'base64')).digest('hex');
  const { certificates, signingCertificate: own, ...rest } = saml;
  return {
    ...rest,
    certificates: certificates.map(printOf),
    signingCertificate: own === null ? null : printOf(own),
  };
}
