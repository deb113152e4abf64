import { newCsrfToken } from '#platform/auth/csrf-token.ts';
import { hashToken } from '#platform/crypto.ts';
import type { Deps } from '#platform/deps.ts';
import { AppError, unauthenticated } from '#platform/errors.ts';
import { personOf } from '#platform/http/access.ts';
import {
  clearSessionCookies,
  requireCsrfToken,
  requireOwnOrigin,
  sessionCookies,
  setSessionCookies,
} from '#platform/http/browser-session.ts';
import { operation } from '#platform/http/operation.ts';
import { noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App, Reply, Request } from '#platform/http/types.ts';
import { logout } from '../commands/logout.ts';
import { refresh, type BrowserCheck } from '../commands/refresh.ts';
import { presentTokens } from '../present-sign-in.ts';
import { findSessionOfRefreshToken } from '../queries/sessions.ts';
import { loggedOutSchema, logoutBody, refreshBody, refreshedSchema } from '../schemas.ts';
import { csrfTokenSchema } from '../schemas/sessions.ts';

const tags = ['Sign-in'];
const config = { access: 'public', signsIn: true, takesRefreshCookie: 'too', limit: 'tokens' } as const;

/** Where to log out at the provider by which a session came, if it did. */
export type EndSessionUrlOf = (sessionId: string) => Promise<string | undefined>;

/** How a session goes on, and ends. */
export function sessionTokenRoutes(app: App, deps: Deps, endSessionUrlOf: EndSessionUrlOf): void {
  refreshRoute(app, deps);
  logoutRoute(app, deps, endSessionUrlOf);
  csrfRoute(app, deps);
}

function refreshRoute(app: App, deps: Deps): void {
  const refreshing = operation('refresh', 'Exchange a refresh token for a new pair', {
    tags,
    description:
      'A refresh token works once. One that comes again ends its session. Without one in the body, that of the cookie: the new pair are cookies, too, and of several tabs that come within a few seconds the first renews them for all.',
    body: refreshBody,
    isBodyOptional: true,
    sends: ['cookies'],
    response: { 200: refreshedSchema },
    errors: [400, 401, 403, 429],
  });
  const renewing = { ...config, ignoresCaller: true } as const;
  app.post('/auth/refresh', { schema: refreshing, config: renewing }, async (request, reply) => {
    const given = request.body.refreshToken;
    const token = given ?? refreshTokenOfBrowser(deps, request);
    const check = given === undefined ? checkOf(deps, request) : null;
    const tokens = await refresh(traced(deps, request), token, request.id, check).catch((error: unknown) => {
      // Else a browser would go on with what is over.
      if (check && error instanceof AppError && error.status === 401) clearSessionCookies(reply);
      throw error;
    });
    reply.header('cache-control', 'no-store');
    const isPair = 'refreshToken' in tokens;
    if (isPair && !check) return reply.send(presentTokens(tokens));
    if (isPair) setSessionCookies(reply, tokens, deps.config);
    return reply.send({ expiresIn: tokens.expiresInSeconds });
  });
}

function logoutRoute(app: App, deps: Deps, endSessionUrlOf: EndSessionUrlOf): void {
  const leaving = operation('logout', 'End the session', {
    tags,
    description:
      'By the access token, or by the refresh token where that has expired; of a browser that came by cookies, which it then loses, also where the session was over. Access tokens stop at once on every node. Where the session came by a provider that one can log out of, 200 with the address to lead the browser to.',
    body: logoutBody,
    isBodyOptional: true,
    sends: ['cookies'],
    response: { 200: loggedOutSchema, 204: noContent },
    errors: [400, 401, 403, 429],
  });
  const ending = { ...config, isForEnrollment: true, whileActing: 'open' } as const;
  app.post('/auth/logout', { schema: leaving, config: ending }, async (request, reply) => {
    const person = request.actor && personOf(request);
    const ended = await endSessions(deps, { request, reply, person, given: request.body.refreshToken });
    const [sessionId] = ended;
    const endSessionUrl = sessionId === undefined ? undefined : await endSessionUrlOf(sessionId);
    if (endSessionUrl === undefined) return reply.status(204).send();
    return reply.header('cache-control', 'no-store').send({ endSessionUrl });
  });
}

type Leaving = {
  request: Request;
  reply: Reply;
  person: ReturnType<typeof personOf> | null;
  given: string | undefined;
};

async function endSessions(deps: Deps, { request, reply, person, given }: Leaving): Promise<string[]> {
  const { access, refresh: cookie } = sessionCookies(request);
  // Who acts as another person came by a token. The cookies are of the admin's own session, which goes on.
  const isByBrowser = access !== undefined || cookie !== undefined;
  if (!isByBrowser || person?.impersonator) return logout(traced(deps, request), person, given);
  requireOwnOrigin(deps, request);
  const token = given ?? cookie;
  const check = given === undefined ? checkOf(deps, request) : null;
  const isAnything = person !== null || token !== undefined;
  const ended = isAnything ? await logout(traced(deps, request), person, token, check) : [];
  clearSessionCookies(reply);
  return ended;
}

function csrfRoute(app: App, deps: Deps): void {
  const asking = operation('getCsrfToken', 'Get what a page sends as X-CSRF-Token', {
    tags,
    description:
      'For the session of the refresh cookie, also where the access token has expired. 401 where the browser has no session that is open.',
    response: { 200: csrfTokenSchema },
    errors: [401, 429],
  });
  // 1 statement.
  const reading = {
    access: 'public',
    signsIn: true,
    takesRefreshCookie: 'only',
    ignoresCaller: true,
    limit: 'tokens',
  } as const;
  app.get('/auth/csrf', { schema: asking, config: reading }, async (request, reply) => {
    const { refresh: token } = sessionCookies(request);
    const sessionId =
      token === undefined
        ? undefined
        : await findSessionOfRefreshToken(deps.db, hashToken(token), deps.clock.now());
    if (sessionId === undefined) throw unauthenticated('This browser has no session. Sign in first.');
    return reply
      .header('cache-control', 'no-store')
      .send({ csrfToken: newCsrfToken(deps.encryption, sessionId) });
  });
}

function refreshTokenOfBrowser(deps: Deps, request: Request): string {
  const { refresh: token } = sessionCookies(request);
  if (token === undefined)
    throw unauthenticated('There is no refresh token in the body, nor in a cookie.', 'refresh_token_invalid');
  requireOwnOrigin(deps, request);
  return token;
}

function checkOf(deps: Deps, request: Request): BrowserCheck {
  return (sessionId) => requireCsrfToken(deps, request, sessionId);
}
