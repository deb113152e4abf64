import type { Deps } from '#platform/deps.ts';
import { isStrict } from '#platform/config/settings.ts';
import { invalid, type Reason } from '#platform/errors.ts';
import { reasonAgainstOutboundUrl } from '#platform/outbound-http/url.ts';
import { defaultClaims } from '../claims.ts';
import type { ProviderFields } from '../queries/providers.ts';
import type { ProviderPatch } from '../schemas.ts';

type Whole = Required<ProviderPatch>;

/** What a provider's client secret is sealed for. */
export const secretContext = (id: string) => `sso:${id}`;

/** What to store of it. Throws 400 with the reasons. */
export function checkedProvider(deps: Deps, id: string, input: Whole): ProviderFields;
export function checkedProvider(deps: Deps, id: string, input: ProviderPatch): Partial<ProviderFields>;
export function checkedProvider(deps: Deps, id: string, input: ProviderPatch): Partial<ProviderFields> {
  const { config } = deps;
  const issuerRules = {
    isHttpAllowed: !isStrict(config.environment),
    arePrivateAddressesAllowed: config.ssoAllowPrivateAddresses,
  };
  const reasons = [
    input.issuer === undefined ? undefined : reasonAgainstOutboundUrl(input.issuer, '/issuer', issuerRules),
    input.issuer?.includes('?') ? hasQuery : undefined,
    input.scopes === undefined || input.scopes.includes('openid') ? undefined : lacksOpenid,
  ].filter((reason) => reason !== undefined);
  if (reasons.length > 0) throw invalid('The provider is not valid.', reasons);
  const { clientSecret: secret, claims, emailDomains } = input;
  return {
    ...(input.key !== undefined && { key: input.key }),
    ...(input.name !== undefined && { name: input.name.trim() }),
    ...(input.issuer !== undefined && { issuer: input.issuer }),
    ...(input.clientId !== undefined && { client_id: input.clientId }),
    ...(secret !== undefined && {
      client_secret: secret === null ? null : deps.encryption.encrypt(secret, secretContext(id)),
    }),
    ...(input.scopes && { scopes: input.scopes }),
    ...(claims && { claims: { ...defaultClaims, ...claims } }),
    ...(input.groupMappings && { group_mappings: input.groupMappings }),
    ...(emailDomains && { email_domains: [...new Set(emailDomains.map((each) => each.toLowerCase()))] }),
    ...(input.createsAccounts !== undefined && { creates_accounts: input.createsAccounts }),
    ...(input.trustsSecondFactor !== undefined && { trusts_second_factor: input.trustsSecondFactor }),
    ...(input.isActive !== undefined && { is_active: input.isActive }),
  };
}

const hasQuery: Reason = {
  path: '/issuer',
  code: 'url_has_query',
  message: 'The address must have no part behind a ?.',
};
const lacksOpenid: Reason = {
  path: '/scopes',
  code: 'openid_missing',
  message: 'The scope openid must be among them.',
};
