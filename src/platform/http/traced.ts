import type { FastifyInstance } from 'fastify';
import type { Origin } from '#platform/audit/audit.ts';
import type { Deps } from '#platform/deps.ts';
import type { Tracer } from '#platform/trace/tracer.ts';
import { under } from '#platform/trace/under.ts';
import type { Request } from './types.ts';

/**
 * What a command of this request is given, so that what it does can be traced back to the request: what it records in the
 * audit trail tells who asked and from where, and, where requests are traced, what it enqueues is part of the trace.
 */
export function traced(deps: Deps, request: Request): Deps {
  const ofRequest = { ...deps, audit: deps.audit.from(originOf(deps, request)) };
  return request.span ? under(ofRequest, request.span.traceparent) : ofRequest;
}

function originOf({ config }: Deps, { id: requestId, ip, headers, actor, provisioner }: Request): Origin {
  const who = { kind: 'request', requestId, actor, provisioner } as const;
  // In a demonstration everybody is an admin, and would read where the others come from.
  if (config.demoMode) return { ...who, address: null, userAgent: null };
  return { ...who, address: ip, userAgent: headers['user-agent'] ?? null };
}

/** A span for each request but probes, under the caller's where it sends a `traceparent`. */
export function useTraces(app: FastifyInstance, tracer: Tracer | null): void {
  app.decorateRequest('span', null);
  if (!tracer) return;
  app.addHook('onRequest', (request, _reply, done) => {
    const { url: route } = request.routeOptions;
    const name = route === undefined ? request.method : `${request.method} ${route}`;
    if (!/\/(?:health|ready|metrics)$/.test(route ?? ''))
      request.span = tracer.start('server', name, request.headers.traceparent);
    done();
  });
  app.addHook('onError', (request, _reply, error, done) => {
    request.span?.note(error);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { url: route } = request.routeOptions;
    const { statusCode: status } = reply;
    // No address: paths hold the tokens of links, and a client's address is a person's.
    const attributes = {
      'http.request.method': request.method,
      ...(route !== undefined && { 'http.route': route }),
      'http.response.status_code': status,
      'url.scheme': request.protocol,
      'network.protocol.version': request.raw.httpVersion,
      'lms.request_id': request.id,
    };
    request.span?.end(attributes, status >= 500 ? String(status) : undefined);
    done();
  });
}
