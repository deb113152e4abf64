import type { Deps } from '#platform/deps.ts';
import type { Attempted } from './commands/settle.ts';
import { errorOf } from './outcome.ts';
import { presentEvent } from './present.ts';
import type { DueDelivery } from './queries/dispatch.ts';
import { signedHeaders } from './signature.ts';

/** Secrets to sign with, by endpoint; undefined where none can be read. */
export type Secrets = ReadonlyMap<string, string[] | undefined>;

/** Opens the secrets of these deliveries' endpoints, each once: for many deliveries it would take as long as sending. */
export function openSecrets(deps: Deps, deliveries: readonly DueDelivery[], now: Date): Secrets {
  const byEndpoint = new Map(deliveries.map((each) => [each.webhook_id, each]));
  return new Map([...byEndpoint].map(([id, each]) => [id, secretsOf(deps, each, now)]));
}

/** Sends an event to its endpoint. Whatever happens there is an attempt; rejects only when `signal` is aborted. */
export async function sendDelivery(
  deps: Deps,
  delivery: DueDelivery,
  secrets: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Attempted> {
  const startedAt = deps.clock.now();
  if (!secrets) {
    const error = {
      code: 'secret_unreadable',
      message: 'No configured ENCRYPTION_KEY opens the secret: give the endpoint a new one.',
    } as const;
    return { delivery, startedAt, durationMs: 0, status: null, body: null, error };
  }
  const body = JSON.stringify(presentEvent(delivery));
  const timestamp = Math.floor(startedAt.getTime() / 1000);
  const headers = {
    'content-type': 'application/json',
    'user-agent': `LMS-Webhooks/${deps.config.version.replaceAll(/[^\w.-]/g, '-')}`,
    ...signedHeaders({ id: delivery.id, timestamp, body }, secrets),
  };
  const span = deps.tracer?.start('client', 'POST webhook', delivery.traceparent);
  const answer = await deps.outbound.post({
    url: delivery.url,
    headers: { ...headers, ...(span && { traceparent: span.traceparent }) },
    body,
    signal,
  });
  const { status, durationMs } = answer;
  const error = errorOf(answer);
  // No address: it is the receiver's secret where it asks for no other.
  span?.end(
    {
      'http.request.method': 'POST',
      ...(status !== null && { 'http.response.status_code': status }),
      ...(delivery.attempt > 1 && { 'http.request.resend_count': delivery.attempt - 1 }),
      'lms.webhook_id': delivery.webhook_id,
    },
    error?.code === 'status_not_ok' ? String(status) : error?.code,
  );
  return { delivery, startedAt, durationMs, status, body: answer.body, error };
}

/** The present secret first. Undefined where none can be read. */
function secretsOf({ encryption }: Deps, delivery: DueDelivery, now: Date): string[] | undefined {
  const { webhook_id: id, secret, previous_secret: previous, previous_secret_until: until } = delivery;
  const isOverlap = previous !== null && until !== null && until > now;
  try {
    return [secret, ...(isOverlap ? [previous] : [])].map((sealed) => encryption.decrypt(sealed, id));
  } catch {
    return undefined;
  }
}
