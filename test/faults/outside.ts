import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { startReceiver, type Receiver } from '#features/webhooks/webhooks-testing.ts';
import type { Client } from '#test/client.ts';
import { withClient } from '#test/invariants.ts';
import { ok, type Learner } from '#test/loop.ts';
import { startSmtpServer, type SmtpServer } from '#test/smtp.ts';
import { waitFor } from '#test/wait.ts';

/** Who hears of it outside: a mail server, and receivers of webhooks. */
export type Outside = { env: Record<string, string>; smtp: SmtpServer; receivers: readonly Receiver[] };

const kinds = ['welcome', 'enrollment', 'completion'];

export async function startOutside(t: TestContext): Promise<Outside> {
  const smtp = await startSmtpServer({}, t);
  const receivers = [await startReceiver(), await startReceiver()];
  for (const receiver of receivers) t.after(() => receiver.stop());
  const env = {
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(smtp.port),
    EMAIL_FROM: 'learn@lms.example.com',
    WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: 'true',
  };
  return { env, smtp, receivers };
}

/** Has everything told to each receiver. */
export async function subscribe(api: Client, adminToken: string, { receivers }: Outside): Promise<void> {
  for (const { address } of receivers)
    await ok(api.post('/webhooks', { url: address, events: ['*'] }, adminToken), 201);
}

/**
 * Each learner has one mail of each kind, which arrived; each event arrived at each receiver, and none that does not
 * exist. What arrived twice, as after the death of a worker that had not yet recorded it, is the same message or event.
 */
export async function assertAllWereTold(
  t: TestContext,
  databaseUrl: string,
  { smtp, receivers }: Outside,
  learners: readonly Learner[],
): Promise<void> {
  await waitFor('nothing waits to be sent', () => isAllSent(databaseUrl), 120_000);
  const mails = await rowsOf<{ user_id: string; kind: string; state: string; message_id: string }>(
    databaseUrl,
    `select user_id, kind, state, message_id from mail where kind = any ('{${kinds.join()}}')`,
  );
  const arrived = smtp.taken.map(({ mail }) => mail.messageId ?? '');
  const wanted = learners.flatMap(({ id }) => kinds.map((kind) => `${id} ${kind} sent`));
  const ids = new Set(learners.map(({ id }) => id));
  const own = mails.filter((mail) => ids.has(mail.user_id));
  assert.deepEqual(
    own.map(({ user_id: id, kind, state }) => `${id} ${kind} ${state}`).toSorted(),
    wanted.toSorted(),
  );
  assert.deepEqual(
    own.filter((mail) => !arrived.includes(mail.message_id)),
    [],
    'each mail arrived',
  );
  const events = await rowsOf<{ id: string }>(
    databaseUrl,
    `select id from event where id in (select event_id from webhook_delivery)`,
  );
  const expected = events.map(({ id }) => id).toSorted();
  for (const receiver of receivers) assert.deepEqual([...new Set(receiver.ids())].toSorted(), expected);
  const doubled = arrived.length - new Set(arrived).size;
  const repeated = receivers.map((receiver) => receiver.ids().length - expected.length).join(' and ');
  t.diagnostic(
    `${arrived.length} mails arrived, ${doubled} of them a second time; ${expected.length} events at each receiver, ` +
      `${repeated} of them a second time`,
  );
}

/** And each event that somebody outside may hear of was sent to each endpoint, and is recorded as delivered once. */
async function isAllSent(databaseUrl: string): Promise<boolean> {
  const rows = await rowsOf(
    databaseUrl,
    `select id::text from mail where state in ('queued', 'sending')
     union all select id::text from webhook_delivery where state = 'waiting'
     union all
     select e.id::text from event e cross join webhook w
     where e.type = any ('{user.registered,enrollment.created,enrollment.completed,lesson.completed,quiz.submitted,certificate.issued}')
       and e.occurred_at > w.created_at and (
         select count(*) from webhook_delivery d where d.event_id = e.id and d.webhook_id = w.id and d.state = 'delivered') <> 1`,
  );
  return rows.length === 0;
}

async function rowsOf<Row>(databaseUrl: string, text: string): Promise<Row[]> {
  return withClient(databaseUrl, async (client) => (await client.query(text)).rows as Row[]);
}
