import { createHash } from 'node:crypto';
import { SignJWT, errors, jwtVerify } from 'jose';
import { unauthenticated } from '#platform/errors.ts';
import { isUuid } from '#platform/ids.ts';
import { actingForMs } from './acting.ts';

/**
 * `authenticatedAt`: when the person of the session had last shown who they are, to the second. `impersonatorId`: the admin
 * who acts as the person by it.
 */
export type AccessTokenClaims = {
  userId: string;
  sessionId: string;
  authenticatedAt: Date;
  impersonatorId?: string;
};
export type AccessTokens = {
  /** Signs a token for a session. `now` decides `iat` and `exp`. One to act as somebody lives 15 minutes at most. */
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
/** By another type, whoever knows nothing of acting as others refuses such a token, and takes it for no sign-in of the person's. */
const tokenTypes = { own: 'at+jwt', acting: 'acting+jwt' } as const;

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
    async issue({ userId, sessionId, authenticatedAt, impersonatorId }, now) {
      const issuedAt = Math.floor(now.getTime() / 1000);
      const isActing = impersonatorId !== undefined;
      const expiresInSeconds = isActing ? Math.min(lifetimeSeconds, actingForMs / 1000) : lifetimeSeconds;
      // RFC 8693 has `act` for it.
      const act = isActing && { act: { sub: impersonatorId } };
      const token = await new SignJWT({ sid: sessionId, auth_time: secondsOf(authenticatedAt), ...act })
        .setProtectedHeader({
          alg: 'HS256',
          typ: isActing ? tokenTypes.acting : tokenTypes.own,
          kid: current.id,
        })
        .setSubject(userId)
        .setIssuer(publicUrl)
        .setAudience(publicUrl)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + expiresInSeconds)
        .sign(current.secret);
      return { token, expiresInSeconds };
    },
    async verify(token, now) {
      const known = remembered.get(token);
      if (known && known.expiresAtSeconds > now.getTime() / 1000) return known.claims;
      remembered.delete(token);
      try {
        const { payload, protectedHeader } = await jwtVerify(
          token,
          (header) => {
            const key = keys.find((candidate) => candidate.id === header.kid);
            if (!key) throw new errors.JWSInvalid('unknown key');
            return key.secret;
          },
          { algorithms: ['HS256'], issuer: publicUrl, audience: publicUrl, currentDate: now },
        );
        const claims = claimsOf(payload, protectedHeader.typ);
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

type Payload = {
  sub?: string;
  sid?: unknown;
  act?: unknown;
  auth_time?: unknown;
  iat?: number;
  exp?: number;
};

function claimsOf(payload: Payload, type: string | undefined): AccessTokenClaims {
  const { sub, sid, act, auth_time: authTime, iat = 0, exp } = payload;
  if (exp === undefined || typeof sid !== 'string' || !isUuid(sid) || !sub || !isUuid(sub)) {
    throw new errors.JWTInvalid('claims are missing');
  }
  // The version before this one did not say it: then what was shown before the token was made counts.
  const seconds = typeof authTime === 'number' ? authTime : iat;
  const claims = { userId: sub, sessionId: sid, authenticatedAt: new Date(seconds * 1000) };
  if (type === tokenTypes.own && act === undefined) return claims;
  const impersonatorId = (act as { sub?: unknown } | undefined)?.sub;
  if (type !== tokenTypes.acting || typeof impersonatorId !== 'string' || !isUuid(impersonatorId))
    throw new errors.JWTInvalid('the type is another');
  return { ...claims, impersonatorId };
}

// The id tells which key signed, without telling anything of the key.
function keyOf(secret: string): { id: string; secret: Uint8Array } {
  const id = createHash('sha256').update(`lms-key-id:${secret}`).digest('base64url').slice(0, 8);
  return { id, secret: new TextEncoder().encode(secret) };
}
