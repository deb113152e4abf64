import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startReceiver } from '#features/webhooks/webhooks-testing.ts';
import { createClient } from '#test/client.ts';
import { makeSystem } from '#test/faults/system.ts';
import { ok } from '#test/loop.ts';
import { startProgram } from '#test/program.ts';
import { waitFor } from '#test/wait.ts';

const eventCount = 300;
const settings = { WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: 'true' };

suite('workers killed by kill -9 while they send webhooks', () => {
  test('every event reaches every endpoint, doubles carry the same id, and no delivery is left behind', async (t) => {
    const { env, api: program, adminToken } = await makeSystem(t, undefined, settings);
    const api = createClient(program.baseUrl);
    // Slow enough that a worker dies with some under way; one answers wrongly now and then.
    const receivers = [
      await startReceiver((_, response) => void setTimeout(() => response.writeHead(204).end(), 15)),
      await startReceiver((_, response, number) => response.writeHead(number % 40 === 0 ? 500 : 200).end()),
    ] as const;
    for (const receiver of receivers) {
      t.after(() => receiver.stop());
      await ok(
        api.post('/webhooks', { url: receiver.address, events: ['user.registered'] }, adminToken),
        201,
      );
    }
    const publishing = (async () => {
      for (let made = 0; made < eventCount; made++)
        await ok(api.post('/users', { name: 'New', role: 'student' }, adminToken), 201);
    })();
    publishing.catch(() => {});
    const start = () => startProgram(t, ['worker', '--queues=webhooks'], { env: { ...settings, ...env } });
    for (const lifeMs of [150, 400, 250, 600]) {
      const worker = await start();
      await sleep(lifeMs);
      await worker.kill();
    }
    await publishing;
    await start();
    const rowsOf = <Row>(text: string) => query<Row>(env.DATABASE_URL, text);
    const one = async (text: string) => Number((await rowsOf<{ count: string }>(text))[0]?.count);
    // A killed worker's claims end after 30 s, its jobs are redone after some 20 s, a failure is tried again within 10 s.
    await waitFor(
      'nothing waits',
      async () =>
        (await one(`select count(*) from webhook_delivery where state = 'waiting'`)) === 0 &&
        (await one(
          `select count(*) from pgboss.job where name = 'webhooks' and state in ('created', 'retry', 'active')`,
        )) === 0,
      120_000,
    );
    const events = await rowsOf<{ id: string }>(
      `select event.id from event where type = 'user.registered' and occurred_at >= (select max(created_at) from webhook)`,
    );
    assert.equal(events.length, eventCount);
    const wanted = events.map(({ id }) => id).toSorted();
    for (const receiver of receivers) assert.deepEqual([...new Set(receiver.ids())].toSorted(), wanted);
    for (const { received } of receivers) {
      for (const { headers, body } of received) assert.equal(JSON.parse(body).id, headers['webhook-id']);
    }
    // The first never fails: what it got twice was sent by a worker that died before it had recorded it.
    const doubles = receivers[0].received.length - eventCount;
    t.diagnostic(`${doubles} events were sent again after a worker had died`);
    assert.ok(doubles > 0, 'a worker died with deliveries under way');
    const delivered = `select count(*) from (select from webhook_delivery where state = 'delivered' group by webhook_id, event_id having count(*) = 1) as once`;
    assert.equal(await one(delivered), eventCount * receivers.length, 'each is recorded as delivered once');
  });
});

async function query<Row>(connectionString: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}
