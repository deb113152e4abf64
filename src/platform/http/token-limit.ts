import type { FastifyInstance } from 'fastify';
import { AppError } from '#platform/errors.ts';
import { clientKeyOf } from './client-key.ts';
import { isRefused } from './login-limit.ts';
import { tellInstead } from './problems.ts';
import type { StrictCount, StrictLimiter } from './strict-limits.ts';
import type { Reply, Request } from './types.ts';

/**
 * The budget of an address for secrets that nobody guesses: tokens of sessions and mails, codes and challenges of logins.
 * Each is looked at, whatever came from its address before, so that nobody spends what others need; failures alone spend, and
 * where nothing is left they are told to wait in place of what was wrong. `request.hasFailuresLeft` tells before, for what
 * a failure would cost besides.
 */
export function useTokenLimit(
  app: FastifyInstance,
  limiter: StrictLimiter,
  report: (reply: Reply, used: StrictCount) => void,
): void {
  const settle = async (request: Request, reply: Reply, payload: unknown) => {
    if (!isRefused(reply.statusCode)) return payload;
    const used = await limiter.consume(clientKeyOf(request.ip));
    try {
      report(reply, used);
      return payload;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return tellInstead(reply, request, error);
    }
  };
  app.decorateRequest('hasFailuresLeft', null);
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config.limit === 'tokens')
      request.hasFailuresLeft = async () => (await limiter.look(clientKeyOf(request.ip))).isWithin;
    done();
  });
  app.addHook('onRoute', (route) => {
    // Of these routes alone: a hook of all would cost each answer.
    if (route.config?.limit === 'tokens') route.onSend = [settle, ...[route.onSend ?? []].flat()];
  });
}
