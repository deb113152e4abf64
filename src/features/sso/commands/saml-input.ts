import { createPrivateKey } from 'node:crypto';
import { isStrict } from '#platform/config/settings.ts';
import type { Deps } from '#platform/deps.ts';
import type { Reason } from '#platform/errors.ts';
import { reasonAgainstOutboundUrl } from '#platform/outbound-http/url.ts';
import type { ProviderFields } from '../queries/providers.ts';
import { isKeyOf, readCertificate } from '../saml/certificate.ts';
import { readMetadata, type ProviderMetadata } from '../saml/metadata.ts';
import type { SamlInput } from '../saml/schemas.ts';
import type { SamlSettings } from '../saml/settings.ts';
import type { ProviderPatch } from '../schemas.ts';
import { missing, ofAnotherProtocol, secretContext, throwIfAny } from './provider-input.ts';

/** What is stored of it. */
export type SamlFields = Pick<ProviderFields, 'saml'> & Partial<Pick<ProviderFields, 'client_secret'>>;

const samlDefaults: Omit<SamlSettings, 'ssoUrl' | 'certificates'> = {
  nameIdFormat: 'persistent',
  subjectAttribute: null,
  wantsResponseSigned: false,
  clockSkewSeconds: 60,
  vouchesForAddresses: false,
  signingCertificate: null,
};

/** What the metadata says that was given, or at the address that was given; read by the guarded client. Throws 400. */
export async function metadataGiven(
  deps: Deps,
  { metadata, metadataUrl }: SamlInput = {},
): Promise<ProviderMetadata | undefined> {
  const xml = metadata ?? (metadataUrl === undefined ? undefined : await fetched(deps, metadataUrl));
  if (xml === undefined) return undefined;
  const read = readMetadata(xml);
  if (!('problem' in read)) return read;
  const path = metadata === undefined ? '/saml/metadataUrl' : '/saml/metadata';
  throwIfAny([{ path, ...problems[read.problem] }]);
  return undefined;
}

const problems = {
  malformed: { code: 'metadata_malformed', message: 'It is no XML of elements, attributes and text.' },
  without_provider: {
    code: 'metadata_without_provider',
    message: 'It must describe one provider (IDPSSODescriptor) of SAML 2.0.',
  },
  without_redirect: {
    code: 'metadata_without_redirect',
    message: 'It names no address for HTTP-Redirect.',
  },
  without_certificate: {
    code: 'metadata_without_certificate',
    message: 'It names no certificate that signs.',
  },
} as const;

async function fetched({ config, identityProviders }: Deps, url: string): Promise<string> {
  const path = '/saml/metadataUrl';
  const rules = {
    isHttpAllowed: !isStrict(config.environment),
    arePrivateAddressesAllowed: config.ssoAllowPrivateAddresses,
  };
  const reason = reasonAgainstOutboundUrl(url, path, rules);
  throwIfAny(reason ? [reason] : []);
  const headers = { accept: 'application/samlmetadata+xml, application/xml, text/xml' };
  const answer = await identityProviders.get({ url, headers, signal: new AbortController().signal });
  if (answer.status === 200 && answer.body !== null && !answer.failure) return answer.body;
  const params = { failure: answer.failure?.code ?? `http_${answer.status}` };
  throwIfAny([{ path, code: 'metadata_unavailable', params, message: 'It cannot be read from there.' }]);
  return '';
}

/** What to store for SAML, beside what every provider has. `before` is what is stored; throws 400 with the reasons. */
export function checkedSaml(
  deps: Pick<Deps, 'config' | 'encryption'>,
  id: string,
  { patch, told, before }: { patch: ProviderPatch; told?: ProviderMetadata; before?: SamlSettings },
): SamlFields {
  const { metadata: _xml, metadataUrl: _url, signingKey, ...given } = patch.saml ?? {};
  const {
    ssoUrl = '',
    certificates = [],
    ...rest
  } = {
    ...samlDefaults,
    ...before,
    ...(told && { ssoUrl: told.ssoUrl, certificates: told.certificates }),
    ...given,
  };
  const read = certificates.map(readCertificate);
  const own = rest.signingCertificate === null ? null : readCertificate(rest.signingCertificate);
  const pair = { key: signingKey, certificate: given.signingCertificate };
  const browserRules = {
    isHttpAllowed: !isStrict(deps.config.environment),
    arePrivateAddressesAllowed: true,
  };
  const reasons = [
    ...ofOpenIdConnect(patch),
    ssoUrl === '' ? missing('/saml/ssoUrl') : reasonAgainstOutboundUrl(ssoUrl, '/saml/ssoUrl', browserRules),
    certificates.length === 0 && missing('/saml/certificates'),
    (certificates.length > 5 || read.includes(undefined)) && notUsable('/saml/certificates'),
    own === undefined && notUsable('/saml/signingCertificate'),
    !isPair(pair) && noPair,
  ].filter((reason): reason is Reason => typeof reason === 'object');
  throwIfAny(reasons);
  const usable = read.filter((each) => each !== undefined);
  return {
    saml: { ...rest, ssoUrl, certificates: usable, signingCertificate: own ?? null },
    ...(signingKey !== undefined && {
      client_secret:
        signingKey === null ? null : deps.encryption.encrypt(pemOf(signingKey), secretContext(id)),
    }),
  };
}

function ofOpenIdConnect({ scopes, clientSecret, claims }: ProviderPatch): Reason[] {
  const given = {
    '/scopes': scopes,
    '/clientSecret': clientSecret,
    '/claims/subject': claims?.subject,
    '/claims/emailVerified': claims?.emailVerified,
  };
  return Object.entries(given).flatMap(([path, value]) =>
    value === undefined ? [] : [ofAnotherProtocol(path)],
  );
}

/** A key comes with its certificate and goes with it. */
function isPair(pair: { key: string | null | undefined; certificate: string | null | undefined }): boolean {
  const { key, certificate } = pair;
  if (typeof key === 'string' && typeof certificate === 'string') return isKeyOf(key, certificate);
  return key === certificate;
}

// As the library takes it.
function pemOf(key: string): string {
  return createPrivateKey(key).export({ type: 'pkcs8', format: 'pem' }).toString();
}

const noPair: Reason = {
  path: '/saml/signingKey',
  code: 'signing_key_differs',
  message: 'A key without a pass phrase and its certificate are set, and taken away, together.',
};

function notUsable(path: string): Reason {
  const message = 'X.509 in PEM or base64, with an RSA key of at least 2048 bits; at most five.';
  return { path, code: 'certificate_invalid', message };
}
