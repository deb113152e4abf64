import { changed as changedFacts } from '#platform/audit/audit.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { requireVersion } from '#platform/http/etag.ts';
import {
  deleteWebhook,
  getWebhook,
  lockWebhook,
  updateWebhook,
  type WebhookRow,
} from '../queries/webhooks.ts';
import { newSecret } from '../signature.ts';
import { factsOf } from './webhook-facts.ts';
import { checkedInput, type WebhookInput } from './webhook-input.ts';

const hourMs = 3_600_000;
/** How long the secret before the present one goes on signing. */
const overlapHours = 24;

/** Setting it active, or another address, forgets what was counted against it. 400, 404, 412. */
export async function changeWebhook(
  deps: Deps,
  id: string,
  input: WebhookInput,
  versions: number[] | null,
): Promise<WebhookRow> {
  const change = checkedInput(deps, input);
  const changed = await inTransaction(deps.db, async (tx) => {
    const webhook = await lock(tx, id, versions);
    const isOther = change.url !== undefined && change.url !== webhook.url;
    const isActivated = change.is_active === true && !webhook.is_active;
    const how = { now: deps.clock.now(), forgetsFailures: isOther || isActivated };
    await updateWebhook(tx, id, change, how);
    const after = await getWebhook(tx, id);
    const facts = changedFacts(factsOf(webhook), factsOf(after));
    if (facts || isOther) await deps.audit.record(tx, { action: 'webhook.updated', targetId: id, ...facts });
    return after;
  });
  deps.deliveriesDue.wake();
  return changed;
}

/** Ends an endpoint; what waits for it is not sent. 404, 412. */
export async function removeWebhook(deps: Deps, id: string, versions: number[] | null): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const webhook = await lock(tx, id, versions);
    await deleteWebhook(tx, id, deps.clock.now());
    await deps.audit.record(tx, { action: 'webhook.deleted', targetId: id, before: factsOf(webhook) });
  });
}

/** Gives it a new secret, told now and never again. The old one signs as well for 24 h. 404. */
export async function rotateSecret(deps: Deps, id: string): Promise<{ secret: string; previousUntil: Date }> {
  const now = deps.clock.now();
  const previousUntil = new Date(now.getTime() + overlapHours * hourMs);
  const secret = newSecret();
  await inTransaction(deps.db, async (tx) => {
    const webhook = await lock(tx, id, null);
    const change = {
      secret: deps.encryption.encrypt(secret, id),
      previous_secret: webhook.secret,
      previous_secret_until: previousUntil,
    };
    await updateWebhook(tx, id, change, { now, forgetsFailures: false });
    await deps.audit.record(tx, { action: 'webhook.secret_rotated', targetId: id });
  });
  return { secret, previousUntil };
}

async function lock(tx: Tx, id: string, versions: number[] | null): Promise<WebhookRow> {
  const webhook = await lockWebhook(tx, id);
  if (!webhook) throw notFound('Webhook');
  requireVersion(versions, webhook.version);
  return webhook;
}
