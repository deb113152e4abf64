import type { Deps } from '#platform/deps.ts';
import { isStrict } from '#platform/config/settings.ts';
import { invalid, type Reason } from '#platform/errors.ts';
import { reasonAgainstOutboundUrl } from '#platform/outbound-http/url.ts';
import { defaultClaims } from '../claims.ts';
import { unsoundSubjects } from '../named-claims.ts';
import type { ProviderFields } from '../queries/providers.ts';
import type { ProviderPatch } from '../schemas.ts';

type Input = Omit<ProviderPatch, 'saml'>;

type CommonFields = Omit<ProviderFields, 'protocol' | 'saml'>;

/** What a provider's client secret is sealed for, or the key that signs for it. */
export const secretContext = (id: string) => `sso:${id}`;

/** What of OpenID Connect cannot be: reasons for a 400. */
export function reasonsAgainstOidc({ config }: Pick<Deps, 'config'>, input: ProviderPatch): Reason[] {
  const issuerRules = {
    isHttpAllowed: !isStrict(config.environment),
    arePrivateAddressesAllowed: config.ssoAllowPrivateAddresses,
  };
  return [
    input.issuer === undefined ? undefined : reasonAgainstOutboundUrl(input.issuer, '/issuer', issuerRules),
    input.issuer?.includes('?') ? hasQuery : undefined,
    input.scopes === undefined || input.scopes.includes('openid') ? undefined : lacksOpenid,
    input.claims?.subject !== undefined && unsoundSubjects.has(input.claims.subject)
      ? unsoundSubject
      : undefined,
    input.saml === undefined ? undefined : ofAnotherProtocol('/saml'),
  ].filter((reason) => reason !== undefined);
}

export function throwIfAny(reasons: Reason[]): void {
  if (reasons.length > 0) throw invalid('The provider is not valid.', reasons);
}

export function missing(path: string): Reason {
  return { path, code: 'required', message: 'This field is required.' };
}

export function ofAnotherProtocol(path: string): Reason {
  return { path, code: 'protocol_differs', message: 'Providers of this protocol have no such field.' };
}

/** What to store of input that was found valid. */
export function storedOf(deps: Pick<Deps, 'encryption'>, id: string, input: Required<Input>): CommonFields;
export function storedOf(deps: Pick<Deps, 'encryption'>, id: string, input: Input): Partial<CommonFields>;
export function storedOf(deps: Pick<Deps, 'encryption'>, id: string, input: Input): Partial<CommonFields> {
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
const unsoundSubject: Reason = {
  path: '/claims/subject',
  code: 'subject_unsound',
  message: 'People write this claim themselves, or it is given to others in time.',
};
const lacksOpenid: Reason = {
  path: '/scopes',
  code: 'openid_missing',
  message: 'The scope openid must be among them.',
};
