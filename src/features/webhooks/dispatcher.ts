import type { Deps } from '#platform/deps.ts';
import type { WebhookMetrics } from '#platform/metrics.ts';
import { createSparseWarn } from '#platform/sparse-log.ts';
import { settle, type Attempted } from './commands/settle.ts';
import { claimDue, releaseClaims } from './queries/dispatch.ts';
import { breaker } from './retries.ts';
import { sendDelivery } from './send.ts';
import { createWindows, firstWindow } from './windows.ts';

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
  const windows = createWindows();
  const warn = createSparseWarn();
  const ending = new AbortController();
  const underWay = new Map<string, Promise<void>>();
  const ended: Attempted[] = [];
  let isStopping = false;

  const send = async (delivery: Awaited<ReturnType<typeof claimDue>>[number]) => {
    try {
      const attempted = await sendDelivery(deps, delivery, ending.signal);
      windows.ended(delivery.webhook_id, {
        isOk: attempted.error === null,
        durationMs: attempted.durationMs,
      });
      ended.push(attempted);
      underWay.delete(delivery.delivery_id);
    } catch (error) {
      // Given up: it stays among those under way, and is given back.
      if (ending.signal.aborted) return;
      deps.log.error({ err: error }, 'webhooks: a delivery could not be sent; it is tried again shortly');
      windows.ended(delivery.webhook_id, { isOk: false, durationMs: 0 });
      underWay.delete(delivery.delivery_id);
    }
    deps.deliveriesDue.wake();
  };
  const record = async () => {
    const attempts = ended.splice(0);
    if (attempts.length === 0) return;
    try {
      const states = await settle(deps, attempts);
      for (const [at, state] of states.entries()) {
        metrics.attempts.inc({ outcome: state });
        metrics.seconds.observe((attempts[at]?.durationMs ?? 0) / 1000);
      }
    } catch (error) {
      ended.unshift(...attempts);
      throw error;
    }
  };
  const claim = async () => {
    const limit = maxUnderWay - windows.count();
    if (limit <= 0) return;
    const now = deps.clock.now();
    const until = new Date(now.getTime() + claimMs);
    const places = { left: windows.left(), defaultLeft: firstWindow, limit, breakAfter: breaker.failures };
    for (const delivery of await claimDue(deps.db, { now, until, ...places })) {
      windows.started(delivery.webhook_id);
      underWay.set(delivery.delivery_id, send(delivery));
    }
  };
  const run = async () => {
    while (!isStopping) {
      try {
        await record();
        await claim();
        await deps.deliveriesDue.wait(pollMs);
      } catch (error) {
        warn(
          deps.log,
          'failed',
          { err: error },
          'webhooks: the database does not answer; it goes on when it does',
        );
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  };
  const running = run();
  return {
    async stop(graceMs) {
      isStopping = true;
      deps.deliveriesDue.wake();
      await running;
      const cutOff = setTimeout(() => ending.abort(new Error('The worker stops.')), graceMs);
      await Promise.all(underWay.values());
      clearTimeout(cutOff);
      try {
        await record();
        if (underWay.size > 0) await releaseClaims(deps.db, [...underWay.keys()]);
      } catch (error) {
        deps.log.warn({ err: error }, 'webhooks: what was sent last is not recorded, and will be sent again');
      }
    },
  };
}
