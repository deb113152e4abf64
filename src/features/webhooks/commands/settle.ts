import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { webhookDisabled } from '../events.ts';
import type { AttemptError } from '../outcome.ts';
import {
  settleDeliveries,
  updateHealth,
  type DueDelivery,
  type Health,
  type Judged,
  type Settled,
} from '../queries/dispatch.ts';
import { breaker, giveUp, nextAttemptAt } from '../retries.ts';

/** An attempt that was made. */
export type Attempted = {
  delivery: DueDelivery;
  startedAt: Date;
  durationMs: number;
  status: number | null;
  body: string | null;
  error: AttemptError | null;
};

/**
 * Records attempts, in the order in which they ended, with those that follow and what they say of their endpoints.
 * Publishes `webhook.disabled`. Returns what became of each. One transaction of two statements.
 */
export async function settle(deps: Deps, attempts: readonly Attempted[]): Promise<Settled['state'][]> {
  const now = deps.clock.now();
  const settled = attempts.map((each) => settledBy(each, now));
  const since = new Date(now.getTime() - giveUp.afterMs);
  const judged = await inTransaction(deps.db, async (tx) => {
    await settleDeliveries(tx, settled, now);
    const rules = {
      breakAfter: breaker.failures,
      firstPauseSeconds: breaker.firstPauseSeconds,
      maxPauseSeconds: breaker.maxPauseSeconds,
      disableAfter: { failures: giveUp.failures, since },
    };
    const found = await updateHealth(tx, healthOf(attempts), rules, now);
    const facts = found.flatMap(({ id, reason }) =>
      reason === null ? [] : [fact(webhookDisabled, null, now, { webhookId: id, reason })],
    );
    await deps.events.publish(tx, ...facts);
    return found;
  });
  for (const each of judged) logTurn(deps, each, attempts);
  return settled.map(({ state }) => state);
}

/** One line where an endpoint begins to fail, and one where it recovers. Of its address the host alone: the rest may be a secret. */
function logTurn(
  { log }: Deps,
  { id, reason, before, failures }: Judged,
  attempts: readonly Attempted[],
): void {
  const last = attempts.findLast(({ delivery }) => delivery.webhook_id === id);
  const about = { webhookId: id, host: URL.parse(last?.delivery.url ?? '')?.host };
  if (reason !== null) log.warn({ ...about, reason }, 'disabled a webhook endpoint');
  else if (before === 0 && failures > 0)
    log.warn(
      { ...about, code: last?.error?.code, status: last?.status },
      'webhooks: an endpoint begins to fail',
    );
  else if (before > 0 && failures === 0)
    log.info({ ...about, failures: before }, 'webhooks: an endpoint takes deliveries again');
}

function settledBy({ delivery, startedAt, durationMs, status, body, error }: Attempted, now: Date): Settled {
  const firstStartedAt = delivery.first_started_at ?? startedAt;
  const isRetried = error !== null && error.code !== 'gone';
  const nextDueAt = isRetried
    ? nextAttemptAt({ attempt: delivery.attempt, firstStartedAt, now }, Math.random())
    : null;
  return {
    id: delivery.delivery_id,
    state: error === null ? 'delivered' : nextDueAt ? 'failed' : 'dead',
    startedAt,
    durationMs,
    status,
    body,
    errorCode: error?.code ?? null,
    errorMessage: error?.message ?? null,
    nextId: nextDueAt ? newId() : null,
    nextDueAt,
  };
}

function healthOf(attempts: readonly Attempted[]): Health[] {
  const byEndpoint = Map.groupBy(attempts, ({ delivery }) => delivery.webhook_id);
  return [...byEndpoint].map(([webhookId, own]) => ({
    webhookId,
    hasSucceeded: own.some(({ error }) => error === null),
    failures: own.length - 1 - own.findLastIndex(({ error }) => error === null),
    isGone: own.some(({ error }) => error?.code === 'gone'),
    jitter: 0.5 + Math.random() / 2,
  }));
}
