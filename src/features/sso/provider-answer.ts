import { createHash, timingSafeEqual } from 'node:crypto';
import * as oidc from 'openid-client';
import { codeVerifierOf, nonceOf, s256, type Started } from './browser-secret.ts';
import { readClaims, type Answer } from './claims.ts';
import { isVerifiedIn, subjectIn } from './named-claims.ts';
import { SignOnRefused } from './outcome.ts';
import { redirectUriOf } from './present.ts';
import { unavailableOf, type SignOnDeps } from './provider-client.ts';
import { settingsOf } from './provider-settings.ts';
import type { ProviderRow } from './queries/providers.ts';

/** Where a browser signs in. Throws `ProviderUnavailable`. */
export async function authorizationUrlAt(
  deps: SignOnDeps,
  provider: ProviderRow,
  started: Started,
): Promise<string> {
  const client = await deps.providers.of(settingsOf(deps, provider));
  const location = oidc.buildAuthorizationUrl(client, {
    redirect_uri: redirectUriOf(deps.config, provider),
    scope: provider.scopes.join(' '),
    state: started.state,
    nonce: nonceOf(started),
    code_challenge: s256(codeVerifierOf(started)),
    code_challenge_method: 'S256',
  });
  return location.href;
}

/**
 * Exchanges what a browser came back with, and verifies it: state, `iss` (RFC 9207), PKCE, and of the ID token signature,
 * algorithm, issuer, audience, `azp`, times, nonce and `at_hash`. Throws `SignOnRefused` and `ProviderUnavailable`.
 */
export async function askProvider(
  deps: SignOnDeps,
  provider: ProviderRow,
  { started, query }: { started: Started; query: URLSearchParams },
): Promise<Answer> {
  const client = await deps.providers.of(settingsOf(deps, provider));
  const url = new URL(redirectUriOf(deps.config, provider));
  url.search = query.toString();
  try {
    const tokens = await oidc.authorizationCodeGrant(client, url, {
      expectedState: started.state,
      expectedNonce: nonceOf(started),
      pkceCodeVerifier: codeVerifierOf(started),
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    const { id_token: idToken } = tokens;
    if (!claims || idToken === undefined) throw new SignOnRefused('answer_invalid');
    requireSame(claims, { idToken, accessToken: tokens.access_token, clientId: provider.client_id });
    const more = await userInfo(client, tokens.access_token, claims, provider);
    const all = { ...more, ...claims };
    const sid = typeof all['sid'] === 'string' ? all['sid'].slice(0, 300) : null;
    const { claims: names } = provider;
    const isVerified = isVerifiedIn(more ? [claims, more] : [claims], all[names.email], names);
    const person = { ...all, sub: subjectIn(claims, names), email_verified: isVerified };
    return { person: readClaims(person, names), sid, idToken };
  } catch (error) {
    throw refusedOf(error);
  }
}

/** What the library leaves to its users: `azp` with one audience, and `at_hash`. */
function requireSame(
  claims: oidc.IDToken,
  { idToken, accessToken, clientId }: { idToken: string; accessToken: string; clientId: string },
): void {
  if (claims.azp !== undefined && claims.azp !== clientId) throw new SignOnRefused('answer_invalid');
  const { at_hash: hash } = claims;
  if (hash === undefined) return;
  const own = leftHalfOf(accessToken, algorithmOf(idToken));
  const given = typeof hash === 'string' ? Buffer.from(hash, 'base64url') : Buffer.alloc(0);
  if (own?.length !== given.length || !timingSafeEqual(own, given)) throw new SignOnRefused('answer_invalid');
}

// OpenID Connect Core 3.1.3.6: by the hash of the token's algorithm. Ed25519 is SHA-512.
function leftHalfOf(accessToken: string, algorithm: string): Buffer | undefined {
  const bits =
    algorithm === 'EdDSA' || algorithm === 'Ed25519' ? '512' : /^[A-Z]{2}(256|384|512)$/.exec(algorithm)?.[1];
  if (bits === undefined) return undefined;
  const digest = createHash(`sha${bits}`).update(accessToken).digest();
  return digest.subarray(0, digest.length / 2);
}

// Its signature was verified by this algorithm.
function algorithmOf(idToken: string): string {
  const header: unknown = JSON.parse(Buffer.from(idToken.split('.')[0] ?? '', 'base64url').toString());
  return String((header as { alg?: unknown }).alg);
}

/** Asked only for what the ID token does not say. */
async function userInfo(
  client: oidc.Configuration,
  accessToken: string,
  claims: oidc.IDToken,
  { claims: names, group_mappings: mappings }: ProviderRow,
): Promise<oidc.UserInfoResponse | undefined> {
  const isWanted =
    claims[names.email] === undefined || (mappings.length > 0 && claims[names.groups] === undefined);
  const { userinfo_endpoint: endpoint } = client.serverMetadata();
  if (!isWanted || endpoint === undefined) return undefined;
  return oidc.fetchUserInfo(client, accessToken, claims.sub);
}

function refusedOf(error: unknown): unknown {
  const unavailable = unavailableOf(error);
  if (unavailable) return unavailable;
  if (error instanceof oidc.AuthorizationResponseError) return new SignOnRefused('provider_refused');
  const isOfAnswer =
    error instanceof oidc.ClientError ||
    error instanceof oidc.ResponseBodyError ||
    error instanceof oidc.WWWAuthenticateChallengeError;
  return isOfAnswer ? new SignOnRefused('answer_invalid') : error;
}
