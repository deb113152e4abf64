import * as jose from 'jose';
import * as oidc from 'openid-client';
import { isStrict } from '#platform/config/settings.ts';
import type { Deps } from '#platform/deps.ts';
import type { FailureCode } from '#platform/outbound-http/failure.ts';

/** What is needed to speak with a provider. */
export type ProviderSettings = {
  id: string;
  version: number;
  issuer: string;
  clientId: string;
  clientSecret: string | null;
};

/** A provider as discovery found it; `keys` are those of its logout tokens, read when they are first wanted. */
export type ProviderClient = { configuration: oidc.Configuration; keys: jose.JWTVerifyGetKey };
/** Clients of providers, kept for a while with the keys that were read meanwhile. */
export type ProviderClients = {
  of(provider: ProviderSettings): Promise<oidc.Configuration>;
  whole(provider: ProviderSettings): Promise<ProviderClient>;
};

export type SignOnDeps = Deps & { providers: ProviderClients };

/** The provider did not answer, or not as one does. */
export class ProviderUnavailable extends Error {
  override name = 'ProviderUnavailable';
  readonly failure: FailureCode | 'answer_not_understood' | 'other_issuer';

  constructor(failure: ProviderUnavailable['failure']) {
    super(`The provider of single sign-on cannot be used: ${failure}.`);
    this.failure = failure;
  }
}

const keptMs = 10 * 60_000;
const maxKept = 100;
// As the keys of ID tokens are kept by openid-client.
const keysKeptMs = 5 * 60_000;
const keysCooldownMs = 60_000;

type Kept = { version: number; until: number; client: Promise<ProviderClient> };

/** One for a process. By the process's own clock: what others publish changes in real time. */
export function createProviderClients(deps: Pick<Deps, 'config' | 'identityProviders'>): ProviderClients {
  const kept = new Map<string, Kept>();
  const clients: ProviderClients = {
    of: async (provider) => (await clients.whole(provider)).configuration,
    whole(provider) {
      const { id, version } = provider;
      const found = kept.get(id);
      if (found?.version === version && performance.now() < found.until) return found.client;
      const client = discover(deps, provider);
      kept.delete(id);
      kept.set(id, { version, until: performance.now() + keptMs, client });
      const oldest = kept.size > maxKept ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
      // A failure is not kept: the next who comes asks again.
      client.catch(() => {
        if (kept.get(id)?.client === client) kept.delete(id);
      });
      return client;
    },
  };
  return clients;
}

async function discover(
  { config, identityProviders }: Pick<Deps, 'config' | 'identityProviders'>,
  { issuer, clientId, clientSecret }: ProviderSettings,
): Promise<ProviderClient> {
  const authentication = clientSecret === null ? oidc.None() : oidc.ClientSecretBasic(clientSecret);
  const configuration = await oidc
    .discovery(new URL(issuer), clientId, {}, authentication, {
      algorithm: 'oidc',
      [oidc.customFetch]: fetchBy(identityProviders),
      execute: [
        // Signatures of ID tokens are verified, whatever TLS vouches for.
        oidc.enableNonRepudiationChecks,
        ...(isStrict(config.environment) ? [] : [oidc.allowInsecureRequests]),
      ],
    })
    .catch((error: unknown) => {
      throw unavailableOf(error) ?? new ProviderUnavailable('answer_not_understood');
    });
  const { authorization_endpoint: endpoint = '', issuer: own } = configuration.serverMetadata();
  // The library lets an address of Microsoft's stand for whatever tenant signs: anybody's own among them.
  if (new URL(own).href !== new URL(issuer).href) throw new ProviderUnavailable('other_issuer');
  // Browsers are sent there.
  const isWeb =
    /^https:\/\//i.test(endpoint) || (!isStrict(config.environment) && /^http:\/\//i.test(endpoint));
  if (!isWeb) throw new ProviderUnavailable('answer_not_understood');
  return { configuration, keys: keysOf(configuration, identityProviders) };
}

function keysOf(
  configuration: oidc.Configuration,
  outbound: Deps['identityProviders'],
): jose.JWTVerifyGetKey {
  const { jwks_uri: address } = configuration.serverMetadata();
  const url = address === undefined ? null : URL.parse(address);
  if (!url) throw new ProviderUnavailable('answer_not_understood');
  const read = fetchBy(outbound);
  return jose.createRemoteJWKSet(url, {
    cooldownDuration: keysCooldownMs,
    cacheMaxAge: keysKeptMs,
    [jose.customFetch]: (from, { headers, method, redirect, signal }) =>
      read(from, { headers: Object.fromEntries(headers), method, redirect, signal, body: undefined }),
  });
}

/** The failure to reach the provider that an error came of, if it did. */
export function unavailableOf(error: unknown): ProviderUnavailable | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof ProviderUnavailable) return each;
  }
  return undefined;
}

/** Everything that goes to a provider goes by the guarded client: no redirects, no private addresses, limits of time and size. */
function fetchBy(outbound: Deps['identityProviders']): oidc.CustomFetch {
  return async (url, { method, headers, body, signal }) => {
    const request = { url, headers, signal: signal ?? new AbortController().signal };
    const answer =
      method === 'GET'
        ? await outbound.get(request)
        : await outbound.post({ ...request, body: textOf(body) });
    if (answer.status === null || answer.failure)
      throw new ProviderUnavailable(answer.failure?.code ?? 'invalid_answer');
    const isEmpty = answer.status === 204 || answer.status === 304;
    // `Response` takes no other status.
    if (answer.status < 200 || answer.status > 599) throw new ProviderUnavailable('invalid_answer');
    return new Response(isEmpty ? null : answer.body, {
      status: answer.status,
      headers: answer.contentType === null ? {} : { 'content-type': answer.contentType },
    });
  };
}

function textOf(body: oidc.FetchBody): string {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  if (body === undefined || body === null) return '';
  throw new Error('The client sends a body of another kind.');
}
