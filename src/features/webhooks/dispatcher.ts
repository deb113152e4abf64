import { setTimeout as sleep } from 'node:timers/promises';
import type { Deps } from '#platform/deps.ts';
import type { WebhookMetrics } from '#platform/metrics.ts';
import { createSparseWarn } from '#platform/sparse-log.ts';
import { settle } from './commands/settle.ts';
import { claimDue, releaseClaims } from './queries/dispatch.ts';
import { breaker } from './retries.ts';
import { createUnderWay, type UnderWay } from './under-way.ts';
import { firstWindow } from './windows.ts';

export type Dispatcher = {
  /** Takes no more, waits for what is under way at most so long, records it and gives back the rest. */
  stop(graceMs: number): Promise<void>;
};

const maxUnderWay = 256;
const pollMs = 1_000;
const pauseMs = 500;
// Longer than a request and its record can take; then a worker counts as dead.
const claimMs = 30_000;

/**
 * Sends what is due, beside the jobs: an endpoint that hangs holds one of many places here for 10 s, and none of the
 * slots of a queue. It looks once a second, and at once when woken by what adds deliveries in this process. What was
 * sent is recorded many at a time: whatever ended while the last record was written. A worker that dies leaves claims
 * that end by themselves, and another sends those deliveries again, under the same `webhook-id`.
 */
export function startDispatcher(deps: Deps, metrics: WebhookMetrics): Dispatcher {
  const underWay = createUnderWay(deps);
  const stopping = new AbortController();
  const running = run(deps, metrics, underWay, stopping.signal);
  return {
    async stop(graceMs) {
      stopping.abort();
      deps.deliveriesDue.wake();
      await running;
      const cutOff = await underWay.finish(graceMs);
      try {
        await record(deps, metrics, underWay);
        if (cutOff.length > 0) await releaseClaims(deps.db, cutOff);
      } catch (error) {
        deps.log.warn({ err: error }, 'webhooks: what was sent last is not recorded, and will be sent again');
      }
    },
  };
}

async function run(
  deps: Deps,
  metrics: WebhookMetrics,
  underWay: UnderWay,
  stopping: AbortSignal,
): Promise<void> {
  const warn = createSparseWarn();
  while (!stopping.aborted) {
    try {
      await record(deps, metrics, underWay);
      await claim(deps, underWay);
      await deps.deliveriesDue.wait(pollMs);
    } catch (error) {
      warn(
        deps.log,
        'failed',
        { err: error },
        'webhooks: the database does not answer; it goes on when it does',
      );
      await sleep(pauseMs);
    }
  }
}

async function record(deps: Deps, metrics: WebhookMetrics, underWay: UnderWay): Promise<void> {
  const attempts = underWay.takeEnded();
  if (attempts.length === 0) return;
  try {
    const states = await settle(deps, attempts);
    for (const [at, state] of states.entries()) {
      metrics.attempts.inc({ outcome: state });
      metrics.seconds.observe((attempts[at]?.durationMs ?? 0) / 1000);
    }
  } catch (error) {
    underWay.putBack(attempts);
    throw error;
  }
}

async function claim(deps: Deps, { windows, send }: UnderWay): Promise<void> {
  const limit = maxUnderWay - windows.count();
  if (limit <= 0) return;
  const now = deps.clock.now();
  const until = new Date(now.getTime() + claimMs);
  const places = { left: windows.left(), defaultLeft: firstWindow, limit, breakAfter: breaker.failures };
  send(await claimDue(deps.db, { now, until, ...places }));
}
