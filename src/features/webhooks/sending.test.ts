import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { after, before, suite, test, type TestContext } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { createOutboundHttp } from '#platform/outbound-http/outbound-http.ts';
import type { Body } from '#test/client.ts';
import { waitFor } from '#test/wait.ts';
import {
  openWebhookBench,
  startReceiver,
  waitForStates,
  type Received,
  type Receiver,
  type WebhookBench,
} from './webhooks-testing.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;

// What `docs/webhooks.md` tells receivers to do.
const pythonVerifier = `
import base64, hashlib, hmac, sys
secret, id, timestamp, signatures = sys.argv[1:]
key = base64.b64decode(secret.removeprefix("whsec_"))
body = sys.stdin.buffer.read()
expected = base64.b64encode(hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()).decode()
print(any(hmac.compare_digest("v1," + expected, each) for each in signatures.split()))
`;

function verifiedByPython(secret: string, { headers, body }: Received): boolean {
  const signed = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    String(headers[name]),
  );
  const args = ['-c', pythonVerifier, secret, ...signed];
  return execFileSync('python3', args, { input: body, encoding: 'utf8' }).trim() === 'True';
}

function verified(secret: string, { headers, body }: Received): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

suite('sending events', () => {
  let bench: WebhookBench;
  let receiver: Receiver;
  before(async () => {
    bench = await openWebhookBench();
    receiver = await startReceiver(({ path }, response, number) => {
      const status = Number(/^\/status\/(\d+)/.exec(path)?.[1] ?? 204);
      if (path === '/hang') return;
      response
        .writeHead(status, { location: '/ok' })
        .end(status < 300 ? undefined : `no ${number} ${'x'.repeat(20_000)}`);
    });
  });
  after(async () => {
    await bench?.stop();
    await receiver?.stop();
  });
  const at = (path: string) => `${receiver.address}${path}`;
  const waitForEvents = (path: string, count: number) =>
    waitFor(`${count} at ${path}`, () => receiver.ids(path).length >= count);
  const receivedAt = (path: string) => receiver.received.filter((each) => each.path === path);
  const useShortTimeout = (t: TestContext) => {
    const { deps } = bench.server.open;
    const usual = deps.outbound;
    deps.outbound = createOutboundHttp({ allowPrivateAddresses: true, timeoutMs: 300 });
    t.after(() => (deps.outbound = usual));
  };
  const endTest = (webhook: Body) => bench.call('DELETE', `/webhooks/${webhook.id}`);

  test('an event comes as it stands in the feed, signed, with its id', async () => {
    const webhook = await bench.makeWebhook(at('/a'), ['lesson.completed']);
    await bench.publish(1);
    await waitForEvents('/a', 1);
    const [got] = receivedAt('/a');
    assert.ok(got);
    let feed: Body;
    await waitFor('the feed has it', async () => {
      feed = await bench.call('GET', '/events?limit=100&type=lesson.completed');
      return feed.items.some((event: Body) => event.id === got.headers['webhook-id']);
    });
    assert.deepEqual(JSON.parse(got.body), feed.items.at(-1));
    assert.equal(got.headers['content-type'], 'application/json');
    assert.match(got.headers['user-agent'] ?? '', /^LMS-Webhooks\/[\w.-]+$/);
    assert.ok(verified(webhook.secret, got));
    assert.equal(verified(webhook.secret, { ...got, body: `${got.body} ` }), false);
    const [attempt] = await waitForStates(bench, webhook.id, ['delivered']);
    assert.equal(attempt.responseStatus, 204);
    assert.equal(attempt.eventId, got.headers['webhook-id']);
    assert.ok(attempt.durationMs >= 0 && attempt.startedAt !== null && attempt.error === null);
    await endTest(webhook);
  });

  test('a few lines of Python accept what is sent', { skip: !hasPython && 'needs python3' }, async () => {
    const webhook = await bench.makeWebhook(at('/python'), ['ping']);
    await bench.call('POST', `/webhooks/${webhook.id}/test`);
    await waitForEvents('/python', 1);
    const [got] = receivedAt('/python');
    assert.ok(got && verifiedByPython(webhook.secret, got));
    assert.equal(verifiedByPython(webhook.secret, { ...got, body: '{}' }), false);
    await endTest(webhook);
  });

  test('an endpoint gets the types that it wants, a new one nothing from before, one that is off nothing', async () => {
    const wanted = await bench.makeWebhook(at('/wanted'), ['lesson.completed']);
    const other = await bench.makeWebhook(at('/other'), ['course.published']);
    const off = await bench.makeWebhook(at('/off'));
    await bench.call('PATCH', `/webhooks/${off.id}`, { isActive: false });
    await bench.publish(2);
    await waitForEvents('/wanted', 2);
    await waitForStates(bench, wanted.id, ['delivered', 'delivered']);
    assert.deepEqual([...(await bench.attempts(other.id)), ...(await bench.attempts(off.id))], []);
    for (const webhook of [wanted, other, off]) await endTest(webhook);
  });

  test('no endpoint wants it: the event adds no job', async () => {
    const jobs = async () =>
      (
        await bench.server.open.engine.boss
          .getDb()
          .executeSql(`select count(*)::int as count from pgboss.job where name = 'webhooks'`)
      ).rows[0] as { count: number };
    const before = await jobs();
    await bench.publish(1);
    assert.deepEqual(await jobs(), before);
  });

  test('both secrets sign for 24 hours after a rotation, then the new one alone', async () => {
    const webhook = await bench.makeWebhook(at('/rotated'), ['ping']);
    const { secret, previousSecretExpiresAt } = await bench.call('POST', `/webhooks/${webhook.id}/secret`);
    assert.notEqual(secret, webhook.secret);
    assert.equal(Date.parse(previousSecretExpiresAt) - bench.server.clock.now().getTime(), 24 * 3_600_000);
    await bench.call('POST', `/webhooks/${webhook.id}/test`);
    await waitForEvents('/rotated', 1);
    const [first] = receivedAt('/rotated');
    assert.ok(first && verified(secret, first) && verified(webhook.secret, first));
    assert.equal(String(first.headers['webhook-signature']).split(' ').length, 2);
    await waitForStates(bench, webhook.id, ['delivered']);
    bench.server.clock.advance({ hours: 24 });
    await bench.call('POST', `/webhooks/${webhook.id}/test`);
    await waitForEvents('/rotated', 2);
    const [, second] = receivedAt('/rotated');
    // A day ahead of the receiver's clock, which the package would refuse: one signature is left.
    assert.ok(second);
    assert.equal(String(second.headers['webhook-signature']).split(' ').length, 1);
    assert.equal(
      new Webhook(secret).sign(String(second.headers['webhook-id']), bench.server.clock.now(), second.body),
      second.headers['webhook-signature'],
    );
    await endTest(webhook);
  });

  for (const [path, code, status] of [
    ['/status/500', 'status_not_ok', 500],
    ['/status/307', 'redirected', 307],
    ['/status/404', 'status_not_ok', 404],
    ['/hang', 'timeout', null],
  ] as const) {
    test(`${path} is a failure with its reason, and is tried again`, async (t) => {
      if (path === '/hang') useShortTimeout(t);
      const before = receiver.received.length;
      const webhook = await bench.makeWebhook(at(path), ['ping']);
      await bench.call('POST', `/webhooks/${webhook.id}/test`);
      const [failed, next] = await waitForStates(bench, webhook.id, ['failed', 'waiting']);
      assert.equal(failed.error.code, code);
      assert.equal(failed.responseStatus, status);
      if (status !== null) assert.equal(failed.responseBody.length, 10_240);
      assert.equal(next.attempt, 2);
      const waitMs = Date.parse(next.dueAt) - bench.server.clock.now().getTime();
      assert.ok(waitMs >= 1_000 && waitMs <= 10_000, `${waitMs} ms`);
      // Nothing follows the redirect, and nothing is sent before its time.
      assert.equal(receiver.received.length, before + 1);
      bench.advance({ seconds: 10 });
      await waitForStates(bench, webhook.id, ['failed', 'failed', 'waiting']);
      const [first, second] = receivedAt(path);
      assert.equal(first?.headers['webhook-id'], second?.headers['webhook-id']);
      assert.equal(first?.body, second?.body);
      await endTest(webhook);
    });
  }

  test('410 disables an endpoint at once, and says so in an event for the others', async () => {
    const listener = await bench.makeWebhook(at('/listener'), ['webhook.disabled']);
    const webhook = await bench.makeWebhook(at('/status/410'), ['ping']);
    await bench.call('POST', `/webhooks/${webhook.id}/test`);
    const [dead] = await waitForStates(bench, webhook.id, ['dead']);
    assert.equal(dead.error.code, 'gone');
    const { isActive, disabledReason, disabledAt } = await bench.call('GET', `/webhooks/${webhook.id}`);
    assert.deepEqual([isActive, disabledReason], [false, 'gone']);
    assert.equal(disabledAt, bench.server.clock.now().toISOString());
    await waitForEvents('/listener', 1);
    const [told] = receivedAt('/listener');
    assert.deepEqual(JSON.parse(told?.body ?? '').data, { webhookId: webhook.id, reason: 'gone' });
    await assert.rejects(bench.call('POST', `/webhooks/${webhook.id}/test`), /409 .*webhook_inactive/);
    await endTest(webhook);
    await endTest(listener);
  });

  test('after three days an event is dead, and can be sent once more', async (t) => {
    let isUp = false;
    const flaky = await startReceiver((_, response) => response.writeHead(isUp ? 200 : 503).end());
    t.after(() => flaky.stop());
    const webhook = await bench.makeWebhook(`${flaky.address}/a-secret-path`, ['lesson.completed']);
    const lines = () =>
      bench.server.log
        .filter(({ webhookId }) => webhookId === webhook.id)
        .map(({ level, host, code, message }) => [level, host, code, message]);
    await bench.publish(1);
    await waitForStates(bench, webhook.id, ['failed', 'waiting']);
    bench.advance({ hours: 73 });
    const attempts = await waitForStates(bench, webhook.id, ['failed', 'dead']);
    assert.equal(attempts[1].attempt, 2);
    assert.deepEqual((await bench.attempts(webhook.id, '&state=dead')).length, 1);
    isUp = true;
    const again = await bench.call('POST', `/webhooks/${webhook.id}/deliveries/${attempts[1].id}/redelivery`);
    assert.deepEqual([again.state, again.attempt, again.isRedelivery], ['waiting', 1, true]);
    await waitForStates(bench, webhook.id, ['failed', 'dead', 'delivered']);
    assert.equal(new Set(flaky.ids()).size, 1);
    const { host } = new URL(flaky.address);
    assert.deepEqual(lines(), [
      ['warn', host, 'status_not_ok', 'webhooks: an endpoint begins to fail'],
      ['info', host, undefined, 'webhooks: an endpoint takes deliveries again'],
    ]);
    await endTest(webhook);
  });

  test('a day of nothing but failures disables an endpoint, and setting it active gives it a new start', async () => {
    const webhook = await bench.makeWebhook(at('/status/503'), ['lesson.completed']);
    await bench.publish(6);
    const isActive = async () => (await bench.call('GET', `/webhooks/${webhook.id}`)).isActive as boolean;
    const failures = async () => (await bench.call('GET', `/webhooks/${webhook.id}`)).failureCount as number;
    for (let count = await failures(); await isActive();) {
      bench.advance({ hours: 5 });
      await waitFor('another failure', async () => (await failures()) > count || !(await isActive()));
      count = await failures();
    }
    const { failureCount, disabledReason, failingSince, disabledAt } = await bench.call(
      'GET',
      `/webhooks/${webhook.id}`,
    );
    assert.equal(disabledReason, 'failing');
    assert.ok(failureCount >= 5);
    const hours = (Date.parse(disabledAt) - Date.parse(failingSince)) / 3_600_000;
    assert.ok(hours >= 24 && hours <= 30, `${hours} hours`);
    const started = await bench.call('PATCH', `/webhooks/${webhook.id}`, { isActive: true });
    assert.deepEqual(
      [started.isActive, started.failureCount, started.disabledReason, started.failingSince],
      [true, 0, null, null],
    );
    await endTest(webhook);
  });

  test('all events of a time range are sent once more, also those from before the endpoint was there', async () => {
    bench.server.clock.advance({ minutes: 1 });
    const from = bench.server.clock.now().toISOString();
    await bench.publish(3);
    bench.server.clock.advance({ minutes: 1 });
    const to = bench.server.clock.now().toISOString();
    await bench.publish(1);
    const webhook = await bench.makeWebhook(at('/range'), ['lesson.completed', 'course.published']);
    await bench.call('POST', `/webhooks/${webhook.id}/redeliveries`, { from, to });
    await bench.server.runJobs();
    await waitForStates(bench, webhook.id, ['delivered', 'delivered', 'delivered']);
    assert.equal(new Set(receiver.ids('/range')).size, 3);
    await endTest(webhook);
  });

  test('attempts are counted by outcome, for Prometheus', async () => {
    const text = await (await fetch(`${bench.server.address}/metrics`)).text();
    for (const outcome of ['delivered', 'failed', 'dead'])
      assert.match(text, new RegExp(`lms_webhook_attempts_total\\{outcome="${outcome}"\\} [1-9]`));
    assert.match(text, /lms_webhook_attempt_duration_seconds_count [1-9]/);
  });
});
