import { createHash } from 'node:crypto';
import { SignJWT, errors, jwtVerify } from 'jose';
import { unauthenticated } from '#platform/errors.ts';
import { isUuid } from '#platform/ids.ts';

/** `authenticatedAt`: when the person of the session had last shown who they are, to the second. */
export type AccessTokenClaims = { userId: string; sessionId: string; authenticatedAt: Date };
export type AccessTokens = {
  /** Signs a token for a session. `now` decides `iat` and `exp`. */
  issue(claims: AccessTokenClaims, now: Date): Promise<{ token: string; expiresInSeconds: number }>;
  /** Throws 401 for anything but a token of ours that has not expired. */
  verify(token: string, now: Date): Promise<AccessTokenClaims>;
};

export type AccessTokenOptions = {
  secretKey: string;
  previousSecretKey: string | null;
  /** `iss` and `aud`: the address of this institution, so that one's token is nothing to another. */
  publicUrl: string;
  lifetimeSeconds: number;
};

type Verified = { claims: AccessTokenClaims; expiresAtSeconds: number };

const mostRemembered = 5_000;

/**
 * JSON Web Tokens (RFC 7519), HS256 only: `alg` is pinned, whatever a token's header asks for. The last few thousand
 * that were verified are remembered until they expire: a client sends one many times.
 */
export function createAccessTokens(options: AccessTokenOptions): AccessTokens {
  const remembered = new Map<string, Verified>();
  const current = keyOf(options.secretKey);
  const keys = options.previousSecretKey ? [current, keyOf(options.previousSecretKey)] : [current];
  const { publicUrl, lifetimeSeconds } = options;
  return {
    async issue({ userId, sessionId, authenticatedAt }, now) {
      const issuedAt = Math.floor(now.getTime() / 1000);
      const token = await new SignJWT({ sid: sessionId, auth_time: secondsOf(authenticatedAt) })
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: current.id })
        .setSubject(userId)
        .setIssuer(publicUrl)
        .setAudience(publicUrl)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .sign(current.secret);
      return { token, expiresInSeconds: lifetimeSeconds };
    },
    async verify(token, now) {
      const known = remembered.get(token);
      if (known && known.expiresAtSeconds > now.getTime() / 1000) return known.claims;
      remembered.delete(token);
      try {
        const { payload } = await jwtVerify(
          token,
          (header) => {
            const key = keys.find((candidate) => candidate.id === header.kid);
            if (!key) throw new errors.JWSInvalid('unknown key');
            return key.secret;
          },
          { algorithms: ['HS256'], typ: 'at+jwt', issuer: publicUrl, audience: publicUrl, currentDate: now },
        );
        const claims = claimsOf(payload);
        const [oldest] = remembered.keys();
        if (remembered.size >= mostRemembered && oldest !== undefined) remembered.delete(oldest);
        remembered.set(token, { claims, expiresAtSeconds: payload.exp ?? 0 });
        return claims;
      } catch (error) {
        if (error instanceof errors.JWTExpired) {
          throw unauthenticated('The access token has expired. Refresh it.', 'token_expired');
        }
        throw unauthenticated('The access token is not valid.');
      }
    },
  };
}

/** Whole seconds, as JSON Web Tokens tell times. */
export function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

type Payload = { sub?: string; sid?: unknown; auth_time?: unknown; iat?: number; exp?: number };

function claimsOf({ sub, sid, auth_time: authTime, iat = 0, exp }: Payload): AccessTokenClaims {
  if (exp === undefined || typeof sid !== 'string' || !isUuid(sid) || !sub || !isUuid(sub)) {
    throw new errors.JWTInvalid('claims are missing');
  }
  // The version before this one did not say it: then what was shown before the token was made counts.
  const seconds = typeof authTime === 'number' ? authTime : iat;
  return { userId: sub, sessionId: sid, authenticatedAt: new Date(seconds * 1000) };
}

// The id tells which key signed, without telling anything of the key.
function keyOf(secret: string): { id: string; secret: Uint8Array } {
  const id = createHash('sha256').update(`lms-key-id:${secret}`).digest('base64url').slice(0, 8);
  return { id, secret: new TextEncoder().encode(secret) };
}
