import type { FastifyContextConfig, FastifyInstance, RouteOptions } from 'fastify';
import { hasPermission, type Actor, type Person } from '#platform/auth/actor.ts';
import { looksLikeApiKey } from '#platform/auth/api-key.ts';
import type { Provisioner } from '#platform/auth/provisioner.ts';
import { scopeOf } from '#platform/auth/scopes.ts';
import { AppError, forbidden, unauthenticated } from '#platform/errors.ts';
import type { HttpMetrics } from '#platform/metrics.ts';
import {
  isUnsafe,
  requireCsrfToken,
  requireOwnOrigin,
  sessionCookies,
  type BrowserGuard,
} from './browser-session.ts';
import { nameActing } from './request-log.ts';
import { enrollmentRequired, isFresh, stepUpRequired } from './step-up.ts';
import type { Access, Reply, Request } from './types.ts';

/** Turns a token into the person as they are now, however it came; throws 401. */
export type Authenticate = (token: string) => Promise<Actor>;
/** The same for a ticket, which this uses up. */
export type TakeTicket = (ticket: string) => Promise<Actor>;
/** Turns the token of a directory that provisions into what it may do; throws 401. */
export type AuthenticateProvisioner = (token: string) => Promise<Provisioner>;
/** Counts what bad credentials, and tickets before they are looked up, cost; throws 429 where it was too often. */
export type Charge = (request: Request, reply: Reply) => void;
type Credentials = BrowserGuard & {
  authenticate: Authenticate;
  authenticateProvisioner?: AuthenticateProvisioner;
  takeTicket?: TakeTicket;
  charge?: Charge;
};

/**
 * Denied by default: a route that does not declare who may call it stops the boot. Bad credentials are
 * refused everywhere, also where none are needed, but on routes that sign in or out.
 */
export function useAccess(
  app: FastifyInstance,
  credentials: Credentials,
  metrics: Pick<HttpMetrics, 'credentialsRefused'>,
): void {
  app.decorateRequest('actor', null);
  app.decorateRequest('provisioner', null);
  app.addHook('onRoute', refuseUndeclared);
  app.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions;
    const { access, signsIn } = config;
    await identify(request, reply, credentials).catch((error: unknown) => {
      const isRefused = error instanceof AppError && error.status === 401;
      if (isRefused) metrics.credentialsRefused.inc({ code: error.code });
      if (signsIn && isRefused) return;
      if (error instanceof AppError && bringsToken(request)) credentials.charge?.(request, reply);
      throw error;
    });
    if (request.actor?.impersonator) {
      const { userId, impersonator } = request.actor;
      nameActing(request.log, { userId, impersonatorId: impersonator.id });
    }
    // Without a route there is nothing to protect: the answer is 404.
    if (access === undefined) return;
    checkActing(request);
    checkScope(request);
    checkAccess(access, request);
    checkSignIn(config, request.actor);
  });
  // Before repeated requests are answered from what was kept.
  app.addHook('preHandler', (request, _reply, done) => {
    const { needsStepUp, signsIn } = request.routeOptions.config;
    // Login CSRF: nobody is signed in by another site's page. There is no session yet that a token could be of.
    if (signsIn && wantsCookies(request.body)) requireOwnOrigin(credentials, request);
    if (typeof needsStepUp === 'function' && needsStepUp(request.body)) requireFresh(request.actor);
    done();
  });
}

/** The caller of a route that only the signed in reach. */
export function signedIn(request: Request): Actor {
  if (!request.actor) throw unauthenticated();
  return request.actor;
}

/** The caller of a route that is for directories. */
export function provisionerOf({ provisioner }: Request): Provisioner {
  if (!provisioner) throw unauthenticated();
  return provisioner;
}

/** The caller of a route that is for persons alone. */
export function personOf(request: Request): Person {
  const actor = signedIn(request);
  if (actor.sessionId === null) throw personRequired();
  return { ...actor, sessionId: actor.sessionId };
}

/** A key is good for what it was made for, whatever its owner may do; also where anyone may call, for they may see more. */
function checkScope({ actor, method, routeOptions: { config, schema } }: Request): void {
  if (!actor?.apiKey || config.ignoresCaller) return;
  const scope = scopeOf(method, schema?.tags);
  if (scope === undefined) throw personRequired();
  if (actor.apiKey.scopes.includes(scope)) return;
  throw forbidden('This API key was not made for this.', 'scope_required', [
    { code: 'scope_required', params: { scope }, message: `It needs the scope ${scope}.` },
  ]);
}

/** Who acts as somebody looks, and changes next to nothing: what admins change they change in their own name. */
function checkActing({ actor, method, routeOptions: { config } }: Request): void {
  if (!actor?.impersonator || config.ignoresCaller) return;
  const { whileActing = method === 'GET' || method === 'HEAD' ? 'open' : 'closed' } = config;
  if (whileActing === 'open') return;
  throw forbidden('This is not for who acts as another person.', 'not_while_acting');
}

function personRequired(): AppError {
  return forbidden('This is for a person who signed in, not for an API key.', 'person_required');
}

function refuseUndeclared(route: RouteOptions): void {
  if (route.config?.access === undefined)
    throw new Error(`${String(route.method)} ${route.url} declares no access rule.`);
}

function checkAccess(access: Access, { actor, provisioner }: Pick<Request, 'actor' | 'provisioner'>): void {
  if (access === 'public') return;
  if (access === 'provisioning') {
    if (!provisioner) throw unauthenticated('Send the token of a SCIM connection.');
    return;
  }
  if (!actor) throw unauthenticated();
  if (access !== 'signedIn' && !hasPermission(actor, access)) {
    throw forbidden('Your role does not allow this.', 'forbidden', [
      {
        code: 'permission_required',
        params: { permission: access },
        message: `It needs the permission ${access}.`,
      },
    ]);
  }
}

/**
 * What the way in which somebody signed in opens: whoever lacks the second factor that their role must have may set one
 * up and no more, and sensitive operations want a sign-in of late.
 */
function checkSignIn(
  { isForEnrollment, ignoresCaller, needsStepUp }: FastifyContextConfig,
  actor: Actor | null,
): void {
  if (actor?.signIn?.mustEnroll === true && !isForEnrollment && !ignoresCaller) throw enrollmentRequired();
  if (needsStepUp === true) requireFresh(actor);
}

function requireFresh(actor: Actor | null): void {
  if (!isFresh(actor)) throw stepUpRequired(actor?.signIn?.stepUpMethods ?? []);
}

/** Each kind of caller has operations of its own, and its credentials are none anywhere else. */
async function identify(request: Request, reply: Reply, credentials: Credentials): Promise<void> {
  if (request.routeOptions.config.access !== 'provisioning') {
    request.actor = await actorOf(request, reply, credentials);
    return;
  }
  const token = bearerTokenOf(request);
  if (token !== undefined) request.provisioner = (await credentials.authenticateProvisioner?.(token)) ?? null;
}

/** By what a client sends on purpose, if anything; else by what a browser sends by itself. */
async function actorOf(request: Request, reply: Reply, credentials: Credentials): Promise<Actor | null> {
  const { authenticate, takeTicket, charge } = credentials;
  const token = bearerTokenOf(request);
  if (token !== undefined) return authenticate(token);
  const { ticket } = request.query as { ticket?: unknown };
  if (typeof ticket !== 'string') return actorOfBrowser(request, credentials);
  if (!request.routeOptions.config.takesTicket || !takeTicket) return null;
  charge?.(request, reply);
  return takeTicket(ticket);
}

/** The token in the cookie is authenticated as any other; where something may change, the page must be ours, too. */
async function actorOfBrowser(request: Request, credentials: Credentials): Promise<Actor | null> {
  const { access } = sessionCookies(request);
  if (access === undefined || request.routeOptions.config.ignoresCaller) return null;
  if (isUnsafe(request)) requireOwnOrigin(credentials, request);
  const actor = looksLikeApiKey(access) ? undefined : await credentials.authenticate(access);
  if (!actor?.sessionId) throw unauthenticated('The cookie holds no access token.');
  if (isUnsafe(request)) requireCsrfToken(credentials, request, actor.sessionId);
  return actor;
}

function bringsToken(request: Request): boolean {
  return request.headers.authorization !== undefined || sessionCookies(request).access !== undefined;
}

function wantsCookies(body: unknown): boolean {
  return (body as { session?: unknown } | null | undefined)?.session === 'cookie';
}

function bearerTokenOf(request: Request): string | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) return undefined;
  const match = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization);
  if (!match?.[1])
    throw unauthenticated('The Authorization header must be "Bearer <access token or API key>".');
  return match[1];
}
