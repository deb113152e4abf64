import * as jose from 'jose';
import { invalid, type AppError } from '#platform/errors.ts';
import type { ProviderClient } from './provider-client.ts';

/** Whose sessions end: those of a subject, of a `sid` of the provider's, or of both. */
export type LogoutToken = { jti: string; subject: string | undefined; sid: string | undefined };

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
const asymmetric = /^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/;
// Longer ago, a provider that repeats it has given up. Its replays are remembered for longer.
const maxAgeSeconds = 600;
const toleranceSeconds = 60;

/**
 * Verifies a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6), which says whose sessions end by `subjectClaim` or by
 * `sid`. Throws 400.
 */
export async function verifyLogoutToken(
  { configuration, keys }: ProviderClient,
  token: string,
  subjectClaim: string,
): Promise<LogoutToken> {
  const server = configuration.serverMetadata();
  const { id_token_signing_alg_values_supported: named = ['RS256'] } = server;
  const { payload, protectedHeader } = await jose
    .jwtVerify(token, keys, {
      issuer: server.issuer,
      audience: configuration.clientMetadata().client_id,
      algorithms: named.filter((each) => asymmetric.test(each)),
      requiredClaims: ['iat', 'jti', 'events'],
      maxTokenAge: maxAgeSeconds,
      clockTolerance: toleranceSeconds,
    })
    .catch((error: unknown) => {
      throw error instanceof jose.errors.JOSEError ? refused() : error;
    });
  const { typ = 'logout+jwt' } = protectedHeader;
  const { jti, sid, nonce, events, [subjectClaim]: subject } = payload as Record<string, unknown>;
  const event =
    typeof events === 'object' && events !== null ? (events as Record<string, unknown>)[logoutEvent] : null;
  const isLogout = typeof event === 'object' && event !== null && nonce === undefined;
  const isTyped = /^(?:application\/)?logout\+jwt$|^jwt$/i.test(typ);
  const isNamed = typeof subject === 'string' || typeof sid === 'string';
  if (!isLogout || !isTyped || !isNamed || typeof jti !== 'string' || jti === '') throw refused();
  if (
    (subject !== undefined && typeof subject !== 'string') ||
    (sid !== undefined && typeof sid !== 'string')
  )
    throw refused();
  return { jti, subject, sid };
}

export function refused(): AppError {
  return invalid('The logout token does not count.', [
    {
      path: '/logout_token',
      code: 'logout_token_invalid',
      message: 'It is not signed for this, too old, or was used before.',
    },
  ]);
}
