import { randomUUID } from 'node:crypto';
import cors from '@fastify/cors';
import fastify, { LogController } from 'fastify';
import type { Config } from '#platform/config/config.ts';
import type { Logger } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { RedisConnection } from '#platform/redis.ts';
import type { Tracer } from '#platform/trace/tracer.ts';
import { useAccess, type Authenticate, type AuthenticateProvisioner, type TakeTicket } from './access.ts';
import { useBodyDeadline } from './body-deadline.ts';
import { closeForDemo } from './demo.ts';
import { useEtags } from './etag.ts';
import { guardingHeaders } from './guarding-headers.ts';
import { useIdleSweep } from './idle-sweep.ts';
import { useIdempotency, type IdempotencyOptions } from './idempotency.ts';
import { useProblems } from './problems.ts';
import { createRateLimits } from './rate-limit.ts';
import { makeRequestLog } from './request-log.ts';
import { useTraces } from './traced.ts';
import { createAddressRefusals } from './unreadable-address.ts';
import { createUnreadableRefusal } from './unreadable-request.ts';
import { useStrictValidation } from './validation.ts';
import type { App, Reply, Request } from './types.ts';

export type AppOptions = {
  config: Config;
  log: Logger;
  metrics: Metrics;
  authenticate: Authenticate;
  authenticateProvisioner?: AuthenticateProvisioner;
  takeTicket?: TakeTicket;
  redis: RedisConnection | null;
  tracer?: Tracer | null;
  idempotency: IdempotencyOptions;
};

const exposedHeaders = [
  'ETag',
  'X-Request-Id',
  'Location',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'Accept-Ranges',
  'Content-Range',
  'Content-Disposition',
  'X-Device-Token',
];
const bodyTimeoutMs = 60_000;
/** Anybody may send these bodies, which are short. */
const signInBodyLimit = 16_384;
const requestIdPattern = /^[\w-]{8,64}$/;

/**
 * A server with the conventions of the API and no routes yet. Hooks run in the order they stand here:
 * id → CORS → access → limits → (body) → plain text → validation → limits of an e-mail address → idempotency → handler →
 * ETag → log. Those that wait for nothing take `done`: a promise for each would double what a small answer costs.
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { config } = options;
  const guards = guardingHeaders(config);
  const refuseUnreadable = createUnreadableRefusal(guards);
  const addresses = createAddressRefusals();
  const app: App = fastify({
    loggerInstance: options.log,
    childLoggerFactory: makeRequestLog,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      // Of random bytes that are drawn many at a time: an id of ours would cost as much as the rest of the hooks.
      return typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID();
    },
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    bodyLimit: config.requestBodyLimitBytes,
    forceCloseConnections: 'idle',
    // Of the longest there are; all others have `useBodyDeadline`.
    requestTimeout: config.uploadTimeoutSeconds * 1000,
    clientErrorHandler: (error, socket) => refuseUnreadable(error, socket),
    frameworkErrors: (error, request, reply) =>
      addresses.refuse(app, error, request as Request, reply as Reply),
    // `useProblems` does, with the headers that every answer has.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 300 },
  }) as unknown as App;
  useStrictValidation(app);
  app.addHook('onRoute', (route) => {
    if (route.config?.signsIn) route.bodyLimit ??= signInBodyLimit;
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(guards).header('x-request-id', request.id);
    done();
  });
  await app.register(cors, {
    origin: config.corsOrigins.includes('*') ? '*' : [...config.corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    // Cookies for those that are named, and for no others.
    credentials: config.corsOrigins.length > 0 && !config.corsOrigins.includes('*'),
    exposedHeaders,
    maxAge: 600,
  });
  useIdleSweep(app);
  useTraces(app, options.tracer ?? null);
  useBodyDeadline(app, bodyTimeoutMs, refuseUnreadable);
  useProblems(app, options.metrics.http, addresses.refusalOf);
  useMeasurements(app, options.metrics);
  const metrics = options.metrics.http;
  const limits = config.rateLimitsEnabled
    ? createRateLimits({ ...options, clock: options.idempotency.clock, metrics })
    : undefined;
  const { encryption } = options.idempotency;
  useAccess(app, { ...options, encryption, ...(limits && { charge: limits.chargeAddress }) }, metrics);
  if (config.demoMode) closeForDemo(app);
  limits?.use(app);
  useIdempotency(app, options.idempotency);
  useEtags(app);
  return app;
}

/**
 * Each answer is a figure by route and status, and a line in the log that names no person but by id, and a refusal by its
 * code. Of a stream the figure is the time until it began.
 */
function useMeasurements(app: App, metrics: Metrics): void {
  app.decorateReply('beganAfterMs', null);
  app.decorateReply('signedInUserId', null);
  const measure = (request: Request, reply: Reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const durationMs = reply.elapsedTime;
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    metrics.http.seconds.observe(labels, (reply.beganAfterMs ?? durationMs) / 1000);
    const isProbe = /\/(health|ready|metrics)$/.test(route);
    app.log[isProbe ? 'debug' : 'info'](
      {
        requestId: request.id,
        ...labels,
        status: reply.statusCode,
        durationMs: Math.round(durationMs),
        userId: request.actor?.userId ?? reply.signedInUserId ?? undefined,
        connectionId: request.provisioner?.connectionId,
        impersonatorId: request.actor?.impersonator?.id,
        code: reply.problemCode ?? undefined,
      },
      'request',
    );
  };
  app.addHook('onRequest', (request, reply, done) => {
    // The server never hears of an end that the client made.
    if (request.routeOptions.config.isStream)
      reply.raw.once('close', () => void (reply.raw.writableFinished || measure(request, reply)));
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    measure(request, reply);
    done();
  });
}
