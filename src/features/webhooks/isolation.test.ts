import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '#test/wait.ts';
import { startDispatcher } from './dispatcher.ts';
import { claimDue, releaseClaims } from './queries/dispatch.ts';
import { breaker } from './retries.ts';
import {
  openWebhookBench,
  startReceiver,
  waitForStates,
  type Receiver,
  type WebhookBench,
} from './webhooks-testing.ts';

const eventCount = 200;

suite('an endpoint that hangs', () => {
  let bench: WebhookBench;
  let hanging: Receiver;
  let healthy: Receiver;
  let inHand = 0;
  let mostInHand = 0;
  before(async () => {
    // Longer than it takes even a busy machine to serve the healthy one: what hangs goes on hanging.
    bench = await openWebhookBench({ timeoutMs: 60_000 });
    hanging = await startReceiver((_, response) => {
      mostInHand = Math.max(mostInHand, ++inHand);
      response.on('close', () => (inHand -= 1));
    });
    healthy = await startReceiver();
  });
  after(async () => {
    await bench?.stop();
    await hanging?.stop();
    await healthy?.stop();
  });

  test('holds none of the deliveries to others back, though all workers have slots for it alone', async () => {
    await bench.makeWebhook(hanging.address, ['lesson.completed']);
    await bench.publish(8);
    await waitFor('it hangs', () => hanging.received.length >= 4);
    await bench.makeWebhook(healthy.address, ['lesson.completed']);
    const startedAt = performance.now();
    await bench.publish(eventCount);
    await waitFor('the healthy one has all', () => new Set(healthy.ids()).size === eventCount, 50_000);
    const seconds = (performance.now() - startedAt) / 1000;
    assert.equal(healthy.received.length, eventCount, 'each once');
    assert.ok(mostInHand <= 4, `${mostInHand} at once`);
    assert.equal(hanging.received.length, 4, `none of its own ended within ${seconds} s`);
  });
});

suite('an endpoint that keeps failing', () => {
  let bench: WebhookBench;
  let failing: Receiver;
  let status = 500;
  before(async () => {
    bench = await openWebhookBench();
    failing = await startReceiver((_, response) => response.writeHead(status).end());
  });
  after(async () => {
    await bench?.stop();
    await failing?.stop();
  });

  test('is tried with one delivery at a time, and gets all at once when it is well again', async () => {
    const { deps, metrics } = bench.server.open;
    // As with several workers.
    const second = startDispatcher(deps, metrics.webhooks);
    try {
      await bench.makeWebhook(failing.address, ['lesson.completed']);
      await bench.publish(50);
      await waitFor('it was tried', () => failing.received.length >= breaker.failures);
      await sleep(300);
      const tried = failing.received.length;
      assert.ok(tried <= 8, `${tried} were sent before it was given a pause`);
      for (let probe = 1; probe <= 3; probe++) {
        bench.advance({ seconds: breaker.maxPauseSeconds });
        await waitFor('a probe', () => failing.received.length >= tried + probe);
        await sleep(150);
        assert.equal(failing.received.length, tried + probe, 'one a pause');
      }
      status = 200;
      bench.advance({ seconds: breaker.maxPauseSeconds });
      await waitFor('nothing waits', async () => {
        bench.advance({ seconds: 60 });
        const { items } = await bench.call('GET', '/webhooks');
        return (await bench.attempts(items[0].id, '&state=waiting')).length === 0;
      });
      assert.equal(new Set(failing.ids()).size, 50);
    } finally {
      await second.stop(0);
    }
  });
});

suite('deliveries that a worker has taken', () => {
  let bench: WebhookBench;
  before(async () => {
    bench = await openWebhookBench();
  });
  after(() => bench?.stop());

  test('are taken by nobody else, until they are given back or their time is over', async () => {
    const { deps } = bench.server.open;
    const down = await bench.makeWebhook('http://127.0.0.1:1/', ['lesson.completed']);
    await bench.call('PATCH', `/webhooks/${down.id}`, { isActive: false });
    const receiver = await startReceiver();
    try {
      const options = (seconds: number) => {
        const now = new Date(bench.server.clock.now().getTime() + seconds * 1_000);
        const until = new Date(now.getTime() + 30_000);
        return { now, until, left: [], defaultLeft: 10, limit: 100, breakAfter: 3 };
      };
      const webhook = await bench.makeWebhook(receiver.address, ['ping']);
      // In an hour, so that the dispatcher of the bench leaves them alone.
      await bench.call('POST', `/webhooks/${webhook.id}/test`);
      await waitForStates(bench, webhook.id, ['delivered']);
      const later = 3_600;
      await deps.db
        .updateTable('webhook_delivery')
        .set({ state: 'waiting', due_at: options(later).now, claimed_until: null })
        .execute();
      const [first, second] = await Promise.all([
        claimDue(deps.db, options(later)),
        claimDue(deps.db, options(later)),
      ]);
      assert.equal(first.length + second.length, 1);
      assert.deepEqual(await claimDue(deps.db, options(later + 29)), []);
      assert.equal((await claimDue(deps.db, options(later + 31))).length, 1, 'its time is over');
      await releaseClaims(deps.db, [[...first, ...second][0]?.delivery_id ?? '']);
      assert.equal((await claimDue(deps.db, options(later + 31))).length, 1, 'given back');
    } finally {
      await receiver.stop();
    }
  });
});
