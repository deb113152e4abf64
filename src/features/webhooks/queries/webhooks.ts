import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { fetchPage, type PageRequest } from '#platform/db/page.ts';
import type { Follower } from '#platform/events.ts';

export type WebhookRow = Awaited<ReturnType<typeof getWebhook>>;

/** Of a new row of `event`: whether an endpoint is to be sent it. A ping goes to the one that is tested. */
export const isSubscribed: Follower['isWanted'] = sql<boolean>`(event.type <> 'ping' and exists (
  select from webhook
  where webhook.is_active and (event.type = any(webhook.event_types) or '*' = any(webhook.event_types))))`;

function webhooksIn(db: Db | Tx) {
  return db
    .selectFrom('webhook')
    .select([
      'webhook.id',
      'webhook.url',
      'webhook.event_types',
      'webhook.description',
      'webhook.secret',
      'webhook.previous_secret_until',
      'webhook.is_active',
      'webhook.disabled_at',
      'webhook.disabled_reason',
      'webhook.failure_count',
      'webhook.failing_since',
      'webhook.version',
      'webhook.created_at',
      'webhook.updated_at',
    ])
    .where('webhook.deleted_at', 'is', null);
}

export async function getWebhook(tx: Db | Tx, id: string) {
  return webhooksIn(tx).where('webhook.id', '=', id).executeTakeFirstOrThrow();
}

export function findWebhook(db: Db | Tx, id: string): Promise<WebhookRow | undefined> {
  return webhooksIn(db).where('webhook.id', '=', id).executeTakeFirst();
}

/** The endpoint as it is, its row locked until the transaction ends. */
export function lockWebhook(tx: Tx, id: string): Promise<WebhookRow | undefined> {
  return webhooksIn(tx).where('webhook.id', '=', id).forNoKeyUpdate().executeTakeFirst();
}

export function listWebhooks(db: Db, page: Omit<PageRequest, 'filters'>) {
  const keys = { createdAt: { by: sql.ref('webhook.created_at'), type: 'timestamptz' } } as const;
  return fetchPage(webhooksIn(db), keys, sql.ref('webhook.id'), page);
}

export type NewWebhook = {
  id: string;
  url: string;
  event_types: string[];
  description: string | null;
  secret: Buffer;
  is_active: boolean;
  created_by: string;
  now: Date;
};

export async function insertWebhook(tx: Tx, { now, ...values }: NewWebhook): Promise<void> {
  await tx
    .insertInto('webhook')
    .values({ ...values, created_at: now, updated_at: now })
    .execute();
}

export type WebhookChange = {
  url?: string;
  event_types?: string[];
  description?: string | null;
  is_active?: boolean;
  secret?: Buffer;
  previous_secret?: Buffer;
  previous_secret_until?: Date;
};

/** `forgetsFailures`: what was counted against it is forgotten, as for one that is new. */
export async function updateWebhook(
  tx: Tx,
  id: string,
  change: WebhookChange,
  { now, forgetsFailures }: { now: Date; forgetsFailures: boolean },
): Promise<void> {
  const forgotten = {
    failure_count: 0,
    failing_since: null,
    paused_until: null,
    disabled_at: null,
    disabled_reason: null,
  };
  await tx
    .updateTable('webhook')
    .set((eb) => ({
      ...change,
      ...(forgetsFailures && forgotten),
      version: eb('version', '+', 1),
      updated_at: now,
    }))
    .where('id', '=', id)
    .execute();
}

/** Nothing more is sent, and nobody sees it; its rows are purged later. Its secrets go at once. */
export async function deleteWebhook(tx: Tx, id: string, now: Date): Promise<void> {
  await tx
    .updateTable('webhook')
    .set({
      deleted_at: now,
      is_active: false,
      secret: Buffer.alloc(0),
      previous_secret: null,
      previous_secret_until: null,
    })
    .where('id', '=', id)
    .execute();
}
