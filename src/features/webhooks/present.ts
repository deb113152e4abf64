import type { DeliveryRow } from './queries/deliveries.ts';
import type { EventRow } from './queries/feed.ts';
import type { WebhookRow } from './queries/webhooks.ts';

/** An event as the feed answers it and webhooks carry it. */
export function presentEvent(row: Omit<EventRow, 'transaction_id'>) {
  return {
    id: row.id,
    type: row.type,
    version: row.version,
    sequence: row.sequence,
    timestamp: row.occurred_at.toISOString(),
    actorId: row.actor_id,
    data: row.data as Record<string, unknown>,
  };
}

export function presentWebhook(row: WebhookRow, now: Date) {
  const until = row.previous_secret_until;
  return {
    id: row.id,
    url: row.url,
    events: row.event_types,
    description: row.description,
    isActive: row.is_active,
    disabledAt: row.disabled_at?.toISOString() ?? null,
    disabledReason: row.disabled_reason as 'failing' | 'gone' | null,
    failureCount: row.failure_count,
    failingSince: row.failing_since?.toISOString() ?? null,
    previousSecretExpiresAt: until && until > now ? until.toISOString() : null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export function presentDelivery(row: DeliveryRow) {
  const { error_code: code, error_message: message } = row;
  return {
    id: row.id,
    eventId: row.event_id,
    eventType: row.event_type,
    attempt: row.attempt,
    state: row.state as 'waiting' | 'delivered' | 'failed' | 'dead',
    isRedelivery: row.request_id !== null,
    createdAt: row.created_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    durationMs: row.duration_ms,
    responseStatus: row.response_status,
    responseBody: row.response_body,
    error: code !== null && message !== null ? { code, message } : null,
  };
}
