import type { Deps } from '#platform/deps.ts';
import { isUuid } from '#platform/ids.ts';
import { traced } from './traced.ts';
import type { App, Request } from './types.ts';

/**
 * Keeps in the audit trail what people tried and may not: operations that need a permission, and those that would have
 * changed something. Before the answer, so that whoever has it can rely on it; a trail that cannot be written refuses all
 * the same.
 */
export function useRefusals(app: App, deps: Deps): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode === 403 && (request.actor ?? request.provisioner) && isWorthTelling(request)) {
      const { audit, db } = traced(deps, request);
      const { id } = request.params as { id?: unknown };
      const entry = {
        action: 'access.refused',
        targetId: typeof id === 'string' && isUuid(id) ? id : null,
        after: { operation: request.routeOptions.schema?.operationId ?? null },
      } as const;
      await audit.recordRefusal(db, entry).catch((error: unknown) => {
        request.log.error({ err: error }, 'audit: a refusal could not be recorded');
      });
    }
    return payload;
  });
}

function isWorthTelling({ method, routeOptions }: Request): boolean {
  const { access } = routeOptions.config;
  return !['GET', 'HEAD'].includes(method) || (access !== 'public' && access !== 'signedIn');
}
