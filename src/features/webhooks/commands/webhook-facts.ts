import type { Facts } from '#platform/audit/audit.ts';
import type { WebhookRow } from '../queries/webhooks.ts';

/**
 * What the audit trail tells of an endpoint. Of its address not the query, in which receivers like to have a secret.
 */
export function factsOf(webhook: WebhookRow): Facts {
  const { url, event_types: events, description, is_active: isActive } = webhook;
  return { url: url.replace(/\?.*$/s, '?…'), events, description, isActive };
}
