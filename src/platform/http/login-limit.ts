import type { FastifyInstance } from 'fastify';
import { AppError } from '#platform/errors.ts';
import { clientKeyOf } from './client-key.ts';
import { carriesDevice } from './device.ts';
import type { StrictCount, StrictLimiter } from './strict-limits.ts';
import { createTurns } from './turns.ts';
import type { Reply, Request } from './types.ts';

// As many as hash at once; more would only wait further on.
const atOnce = { inside: 8, waiting: 5_000 };

/**
 * The budget of an address for signing in, of which only failures spend. A school that signs in behind one address at
 * nine o'clock is let through a few at a time and spends nothing; who tries passwords out is stopped, too late by no more
 * than is let through at once. Where the budget is spent, whoever may come from a device that their person has signed in
 * on goes on: the operation throws `request.addressRefusal` where that is not so.
 */
export function useLoginLimit(
  app: FastifyInstance,
  limiter: StrictLimiter,
  report: (reply: Reply, used: StrictCount) => void,
): void {
  const turns = createTurns(atOnce);
  app.decorateRequest('addressRefusal', null);
  app.decorateRequest('endTurn', null);
  const isLimited = ({ routeOptions: { config } }: Request) => config.limit === 'login';
  const check = async (request: Request, reply: Reply) => {
    const used = await limiter.look(clientKeyOf(request.ip));
    try {
      report(reply, used);
    } catch (error) {
      if (!(error instanceof AppError) || !carriesDevice(request)) throw error;
      request.addressRefusal = error;
    }
  };
  const settle = async (request: Request, reply: Reply) => {
    if (isFailure(reply)) await limiter.consume(clientKeyOf(request.ip));
    request.endTurn?.();
  };
  const take = async (request: Request, reply: Reply) => {
    const endTurn = await turns.enter(clientKeyOf(request.ip));
    if (reply.raw.destroyed) {
      endTurn();
      throw new AppError(408, 'timeout', 'The client has gone.');
    }
    request.endTurn = endTurn;
    // Others may have spent it meanwhile.
    await check(request, reply);
  };
  app.addHook('onRequest', (request, reply, done) => {
    if (!isLimited(request)) return done();
    // However it ends, also where the client goes before there is an answer.
    reply.raw.once('close', () => void settle(request, reply));
    endWith(check(request, reply), done);
  });
  app.addHook('preHandler', (request, reply, done) => {
    if (!isLimited(request) || request.addressRefusal) return done();
    endWith(take(request, reply), done);
  });
}

/** Ends a hook with the work: one that waits now and then makes no promise for all the other requests. */
export function endWith(work: Promise<void>, end: (error?: Error) => void): void {
  work.then(() => end(), end);
}

function isFailure({ statusCode, raw }: Reply): boolean {
  return !raw.writableFinished || isRefused(statusCode);
}

/** What was refused for its number costs nothing, and neither does what failed here. */
export function isRefused(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429;
}
