import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { newId } from '#platform/ids.ts';
import { getWebhook, insertWebhook, type WebhookRow } from '../queries/webhooks.ts';
import { newSecret } from '../signature.ts';
import { factsOf } from './webhook-facts.ts';
import { checkedInput, type WebhookInput } from './webhook-input.ts';

/** Adds an endpoint. `secret` is told now and never again. 400 for an address or a type that will not do. */
export async function createWebhook(
  deps: Deps,
  actor: Actor,
  input: WebhookInput & { url: string; events: string[] },
): Promise<{ webhook: WebhookRow; secret: string }> {
  const {
    url = input.url,
    event_types = [],
    description = null,
    is_active = true,
  } = checkedInput(deps, input);
  const id = newId();
  const secret = newSecret();
  const webhook = await inTransaction(deps.db, async (tx) => {
    await insertWebhook(tx, {
      id,
      url,
      event_types,
      description,
      is_active,
      secret: deps.encryption.encrypt(secret, id),
      created_by: actor.userId,
      now: deps.clock.now(),
    });
    const made = await getWebhook(tx, id);
    await deps.audit.record(tx, { action: 'webhook.created', targetId: id, after: factsOf(made) });
    return made;
  });
  return { webhook, secret };
}
