import type { FastifyInstance } from 'fastify';
import type { Origin } from '#platform/audit/audit.ts';
import type { Deps } from '#platform/deps.ts';
import { parseTraceparent } from '#platform/trace/trace.ts';
import type { Tracer } from '#platform/trace/tracer.ts';
import { under } from '#platform/trace/under.ts';
import type { Request } from './types.ts';

/**
 * What a command of this request is given, so that what it does can be traced back to the request: what it records in the
 * audit trail tells who asked and from where, and, where requests are traced, what it enqueues is part of the trace.
 */
export function traced(deps: Deps, request: Request): Deps {
  const ofRequest = { ...deps, audit: deps.audit.from(originOf(deps, request)) };
  return request.span ? under(ofRequest, request.span.trace) : ofRequest;
}

function originOf({ config }: Deps, { id: requestId, ip, headers, actor }: Request): Origin {
  const who = { kind: 'request', requestId, actor } as const;
  // In a demonstration everybody is an admin, and would read where the others come from.
  if (config.demoMode) return { ...who, address: null, userAgent: null };
  return { ...who, address: ip, userAgent: headers['user-agent'] ?? null };
}

/** A span for each request but probes, under the caller's where it sends a `traceparent`. */
export function useTraces(app: FastifyInstance, tracer: Tracer | null): void {
  app.decorateRequest('span', null);
  if (!tracer) return;
  app.addHook('onRequest', (request, _reply, done) => {
    if (!/\/(?:health|ready|metrics)$/.test(request.routeOptions.url ?? ''))
      request.span = tracer.start('server', parseTraceparent(request.headers.traceparent));
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, span } = request;
    const route = request.routeOptions.url ?? 'unknown';
    const attributes = {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': reply.statusCode,
      'lms.request_id': request.id,
    };
    span?.end(`${method} ${route}`, attributes, reply.statusCode >= 500);
    done();
  });
}
