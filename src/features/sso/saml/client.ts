import type { SAML, SamlConfig } from '@node-saml/node-saml';
import type { Deps } from '#platform/deps.ts';
import { secretContext } from '../commands/provider-input.ts';
import { transactionSeconds } from '../browser-secret.ts';
import type { SamlProvider } from './provider.ts';
import { acsUrlOf } from './settings.ts';

type ClientDeps = Pick<Deps, 'config' | 'encryption'>;
type Asked = { requestId: string; isResponseSigned?: boolean };

const formats = {
  unspecified: null,
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
} as const;

/** What speaks with a provider of one sign-in. Loaded when somebody first signs in by SAML. */
export async function samlClientOf(deps: ClientDeps, provider: SamlProvider, asked: Asked): Promise<SAML> {
  const library = await import('@node-saml/node-saml');
  return new library.SAML({
    ...whoWeAre(deps, provider),
    entryPoint: provider.saml.ssoUrl,
    idpIssuer: provider.issuer,
    idpCert: provider.saml.certificates,
    audience: provider.client_id,
    wantAuthnResponseSigned: provider.saml.wantsResponseSigned || asked.isResponseSigned === true,
    acceptedClockSkewMs: provider.saml.clockSkewSeconds * 1000,
    maxAssertionAgeMs: transactionSeconds * 1000,
    // Which context it authenticates by is the provider's own matter.
    disableRequestedAuthnContext: true,
    generateUniqueId: () => asked.requestId,
    validateInResponseTo: library.ValidateInResponseTo.always,
    requestIdExpirationPeriodMs: transactionSeconds * 1000,
    cacheProvider: onlyRequest(asked.requestId),
  });
}

/** Where a browser signs in, with our request: signed, where there is a key. */
export async function signInUrlAt(
  deps: ClientDeps,
  provider: SamlProvider,
  { requestId, relayState }: { requestId: string; relayState: string },
): Promise<string> {
  const client = await samlClientOf(deps, provider, { requestId });
  return client.getAuthorizeUrlAsync(relayState, undefined, {});
}

/** What providers are told of us (SAML metadata 2.0). */
export async function ownMetadataOf(deps: ClientDeps, provider: SamlProvider): Promise<string> {
  const { generateServiceProviderMetadata } = await import('@node-saml/node-saml');
  const { issuer, callbackUrl, publicCert, ...more } = whoWeAre(deps, provider);
  return generateServiceProviderMetadata({
    ...more,
    issuer,
    callbackUrl,
    ...(publicCert !== undefined && { publicCerts: publicCert }),
  });
}

function whoWeAre({ config, encryption }: ClientDeps, provider: SamlProvider) {
  const { id, client_secret: sealed, saml } = provider;
  return {
    issuer: provider.client_id,
    callbackUrl: acsUrlOf(config, provider.key),
    identifierFormat: formats[saml.nameIdFormat],
    wantAssertionsSigned: true,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    ...(sealed && { privateKey: encryption.decrypt(sealed, secretContext(id)) }),
    ...(saml.signingCertificate !== null && { publicCert: saml.signingCertificate }),
  } as const;
}

/** The library asks whether a request was ours: of one sign-in it can be one alone, and the transaction is used up. */
function onlyRequest(requestId: string): NonNullable<SamlConfig['cacheProvider']> {
  const createdAt = new Date().toISOString();
  return {
    saveAsync: async () => null,
    getAsync: async (key) => (key === requestId ? createdAt : null),
    removeAsync: async () => null,
  };
}
