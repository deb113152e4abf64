import { isCsrfTokenOf } from '#platform/auth/csrf-token.ts';
import type { Config } from '#platform/config/config.ts';
import type { Encryption } from '#platform/crypto.ts';
import { forbidden } from '#platform/errors.ts';
import { cookieIn } from './cookies.ts';
import type { Reply, Request } from './types.ts';

/** `__Host-`: a browser takes it from this host alone, by https or on the machine itself, and never from a host beside it. */
export const accessCookie = '__Host-lms_access';
export const refreshCookie = '__Host-lms_refresh';
export const csrfHeader = 'X-CSRF-Token';

/** What the checks of requests that come by cookies need. */
export type BrowserGuard = {
  config: Pick<Config, 'csrfEnabled' | 'publicUrl' | 'corsOrigins'>;
  encryption: Encryption;
};
export type SessionCookies = { access: string | undefined; refresh: string | undefined };
type Pair = { accessToken: string; refreshToken: string };

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
const dayS = 86_400;

/** None where there is an Authorization header: who sends one is no page of a browser's session. */
export function sessionCookies({ headers: { authorization, cookie } }: Request): SessionCookies {
  const read = (name: string) => (authorization === undefined ? cookieIn(cookie, name) : undefined);
  return { access: read(accessCookie), refresh: read(refreshCookie) };
}

/**
 * Both live as long as the session: the access token within expires by itself, and is then told to be expired. Links from
 * elsewhere open as whom they are opened; nothing else that is begun elsewhere has the cookies.
 */
export function setSessionCookies(
  reply: Reply,
  { accessToken, refreshToken }: Pair,
  { refreshTokenExpireDays }: Pick<Config, 'refreshTokenExpireDays'>,
): void {
  const seconds = refreshTokenExpireDays * dayS;
  reply.header('set-cookie', [
    cookieOf(accessCookie, accessToken, 'Lax', seconds),
    cookieOf(refreshCookie, refreshToken, 'Strict', seconds),
  ]);
}

/** Of a session that goes on by another access token. */
export function setAccessCookie(
  reply: Reply,
  accessToken: string,
  { refreshTokenExpireDays }: Pick<Config, 'refreshTokenExpireDays'>,
): void {
  reply.header('set-cookie', cookieOf(accessCookie, accessToken, 'Lax', refreshTokenExpireDays * dayS));
}

export function clearSessionCookies(reply: Reply): void {
  reply.header('set-cookie', [
    cookieOf(accessCookie, '', 'Lax', 0),
    cookieOf(refreshCookie, '', 'Strict', 0),
  ]);
}

function cookieOf(name: string, value: string, sameSite: string, seconds: number): string {
  return `${name}=${value}; Path=/; HttpOnly; Secure; SameSite=${sameSite}; Max-Age=${seconds}`;
}

/** Whether the method may change something. */
export function isUnsafe({ method }: Request): boolean {
  return !safeMethods.has(method);
}

/** Throws 403 `origin_not_allowed` unless the request comes of a page of ours, or of a front end of CORS_ORIGINS. */
export function requireOwnOrigin({ config }: Pick<BrowserGuard, 'config'>, { headers }: Request): void {
  if (!config.csrfEnabled) return;
  const { origin = originOf(headers.referer), 'sec-fetch-site': site } = headers;
  // A browser that tells neither still tells whether the page is of the very same origin.
  const isOwn = origin === undefined ? site === 'same-origin' : isListed(config, origin);
  if (!isOwn)
    throw forbidden(
      'Cookies count from pages of PUBLIC_URL and CORS_ORIGINS alone, and the browser must say from which.',
      'origin_not_allowed',
    );
}

/** Throws 403 `csrf_token_invalid` unless the header has the token of this session. */
export function requireCsrfToken(
  { config, encryption }: BrowserGuard,
  { headers }: Request,
  sessionId: string,
): void {
  if (!config.csrfEnabled) return;
  const token = headers['x-csrf-token'];
  if (typeof token === 'string' && isCsrfTokenOf(encryption, token, sessionId)) return;
  throw forbidden(
    `With cookies this needs the header ${csrfHeader}, with what GET /auth/csrf answers in this session.`,
    'csrf_token_invalid',
  );
}

function isListed({ publicUrl, corsOrigins }: BrowserGuard['config'], origin: string): boolean {
  return origin === URL.parse(publicUrl)?.origin || (origin !== '*' && corsOrigins.includes(origin));
}

// Anybody may send anything: what is no address has no origin, and is none of ours.
function originOf(referer: string | undefined): string | undefined {
  return referer === undefined ? undefined : (URL.parse(referer)?.origin ?? 'null');
}
