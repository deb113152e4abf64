import type { FastifyInstance, RouteOptions } from 'fastify';
import { hasPermission, type Actor } from '#platform/auth/actor.ts';
import { AppError, forbidden, unauthenticated } from '#platform/errors.ts';
import type { HttpMetrics } from '#platform/metrics.ts';
import type { Access, Request } from './types.ts';

/** Turns a bearer token into the person as they are now; throws 401. */
export type Authenticate = (token: string) => Promise<Actor>;
/** The same for a ticket, which this uses up. */
export type TakeTicket = (ticket: string) => Promise<Actor>;
type Credentials = { authenticate: Authenticate; takeTicket?: TakeTicket };

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
  app.addHook('onRoute', refuseUndeclared);
  app.addHook('onRequest', async (request) => {
    const { access, signsIn } = request.routeOptions.config;
    request.actor = await actorOf(request, credentials).catch((error: unknown) => {
      if (error instanceof AppError && error.status === 401)
        metrics.credentialsRefused.inc({ code: error.code });
      if (signsIn && error instanceof AppError && error.status === 401) return null;
      throw error;
    });
    // Without a route there is nothing to protect: the answer is 404.
    if (access !== undefined) checkAccess(access, request.actor);
  });
}

/** The caller of a route that only the signed in reach. */
export function signedIn(request: Request): Actor {
  if (!request.actor) throw unauthenticated();
  return request.actor;
}

function refuseUndeclared(route: RouteOptions): void {
  if (route.config?.access === undefined)
    throw new Error(`${String(route.method)} ${route.url} declares no access rule.`);
}

function checkAccess(access: Access, actor: Actor | null): void {
  if (access === 'public') return;
  if (!actor) throw unauthenticated();
  if (access !== 'signedIn' && !hasPermission(actor.role, access)) {
    throw forbidden('Your role does not allow this.', 'forbidden', [
      {
        code: 'permission_required',
        params: { permission: access },
        message: `It needs the permission ${access}.`,
      },
    ]);
  }
}

async function actorOf(request: Request, { authenticate, takeTicket }: Credentials): Promise<Actor | null> {
  const token = bearerTokenOf(request);
  if (token !== undefined) return authenticate(token);
  const { ticket } = request.query as { ticket?: unknown };
  const isTaken = request.routeOptions.config.takesTicket && typeof ticket === 'string';
  return isTaken && takeTicket ? takeTicket(ticket) : null;
}

function bearerTokenOf(request: Request): string | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) return undefined;
  const match = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization);
  if (!match?.[1]) throw unauthenticated('The Authorization header must be "Bearer <access token>".');
  return match[1];
}
