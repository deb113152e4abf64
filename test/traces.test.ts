import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { sql } from 'kysely';
import { startDispatcher } from '#features/webhooks/dispatcher.ts';
import { fanOutJob } from '#features/webhooks/job-definitions.ts';
import { startReceiver, type Receiver } from '#features/webhooks/webhooks-testing.ts';
import type { Config } from '#platform/config/config.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { startCollector, type Collector } from '#test/collector.ts';
import { makePublishedCourse, type PublishedCourse } from '#test/courses.ts';
import { startHangingServer } from '#test/hanging-server.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';

type Bench = {
  server: TestServer;
  receiver: Receiver;
  course: PublishedCourse;
  /** Has a new student enroll, and what follows sent. */
  enroll(traceparent?: string): Promise<{ email: string; name: string }>;
};

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${spanId}-01`;

async function openBench(t: TestContext, config: Partial<Config>, given?: Receiver): Promise<Bench> {
  const receiver = given ?? (await startReceiver());
  if (!given) t.after(() => receiver.stop());
  const server = await startTestServer({ config: { webhooksAllowPrivateAddresses: true, ...config } });
  t.after(() => server.stop());
  const dispatcher = startDispatcher(server.open.deps, server.open.metrics.webhooks);
  t.after(() => dispatcher.stop(0));
  const course = await makePublishedCourse(server, await makePerson(server, 'instructor'), { texts: 1 });
  const { token } = await makePerson(server, 'admin');
  const made = await server.post(
    '/webhooks',
    { url: receiver.address, events: ['enrollment.created'] },
    token,
  );
  assert.equal(made.status, 201, made.text);
  return {
    server,
    receiver,
    course,
    async enroll(header) {
      const student = await server.registerStudent();
      const headers: Record<string, string> = header === undefined ? {} : { traceparent: header };
      const answer = await server.post(
        `/courses/${course.course.id}/enrollments`,
        {},
        student.token,
        headers,
      );
      assert.equal(answer.status, 201, answer.text);
      await server.runJobs();
      await waitFor('the webhook', () => receiver.received.length > 0);
      return student;
    },
  };
}

async function collect(t: TestContext, status?: number): Promise<Collector> {
  const collector = await startCollector(status);
  t.after(() => collector.stop());
  return collector;
}

suite('traces', () => {
  test('lead from the caller by the request and its job to the receiver of the webhook', async (t) => {
    const collector = await collect(t);
    const bench = await openBench(t, { otelExporterOtlpEndpoint: collector.address });
    const student = await bench.enroll(traceparent);
    const find = (name: string) =>
      collector.spans.find((span) => span.name === name && span.traceId === traceId);
    await waitFor('the last span', () => find('POST webhook') !== undefined);
    const request = find('POST /api/v1/courses/:id/enrollments');
    const job = find('process webhooks.fan-out');
    const webhook = find('POST webhook');
    assert.ok(request && job && webhook);
    assert.deepEqual(
      [request.parentSpanId, job.parentSpanId, webhook.parentSpanId],
      [spanId, request.spanId, job.spanId],
    );
    // SERVER, CONSUMER, CLIENT.
    assert.deepEqual([request.kind, job.kind, webhook.kind], [2, 5, 3]);
    assert.equal(
      bench.receiver.received[0]?.headers.traceparent,
      `00-${traceId}-${webhook.spanId}-01`,
      'the receiver can go on',
    );
    for (const span of [request, job, webhook]) {
      assert.ok(span.endedAt >= span.startedAt);
      assert.deepEqual([span.status.code, span.events], [0, []]);
      assert.equal(span.resource['service.name'], 'lms');
    }
    assert.equal(collector.requests[0]?.path, '/v1/traces');
    const all = Buffer.concat(collector.requests.map(({ body }) => body)).toString('latin1');
    for (const secret of [student.email, student.name, bench.receiver.address])
      assert.ok(!all.includes(secret), secret);
    assert.ok(!collector.spans.some(({ name }) => /health|ready|metrics/.test(name)));
  });

  test('say what they are of by the names of the conventions, without an address', async (t) => {
    const collector = await collect(t);
    const bench = await openBench(t, { otelExporterOtlpEndpoint: collector.address });
    await bench.enroll(traceparent);
    await bench.server.get('/nowhere?token=secret');
    await bench.server.open.deps.tracer?.close();
    const attributesOf = (name: string) => collector.spans.find((span) => span.name === name)?.attributes;
    const {
      'lms.request_id': requestId,
      'messaging.message.id': jobId,
      'lms.webhook_id': webhookId,
      ...rest
    } = {
      ...attributesOf('POST /api/v1/courses/:id/enrollments'),
      ...attributesOf('process webhooks.fan-out'),
    };
    assert.deepEqual(rest, {
      'http.request.method': 'POST',
      'http.route': '/api/v1/courses/:id/enrollments',
      'http.response.status_code': 201,
      'url.scheme': 'http',
      'network.protocol.version': '1.1',
      'messaging.system': 'pg-boss',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'webhooks',
      'lms.attempt': 1,
    });
    for (const id of [requestId, jobId]) assert.match(String(id), /^[\da-f-]{36}$/);
    assert.equal(webhookId, undefined);
    const { 'lms.webhook_id': id, ...sent } = attributesOf('POST webhook') ?? {};
    assert.match(String(id), /^[\da-f-]{36}$/);
    assert.deepEqual(sent, { 'http.request.method': 'POST', 'http.response.status_code': 204 });
    assert.equal(attributesOf('GET')?.['http.response.status_code'], 404);
  });

  test('tell what failed: a request, a job, and a webhook that is sent again', async (t) => {
    const collector = await collect(t);
    const receiver = await startReceiver((_, response) => response.writeHead(503).end());
    t.after(() => receiver.stop());
    const bench = await openBench(t, { otelExporterOtlpEndpoint: collector.address }, receiver);
    await bench.enroll();
    const { server } = bench;
    const { deps, engine } = server.open;
    const unknown = { ...fanOutJob, name: 'no.such' };
    await inTransaction(deps.db, (tx) => engine.enqueueAll(tx, [{ definition: unknown, payload: {} }]));
    await server.runJobs();
    await sql`alter table course rename to gone`.execute(server.ownerDb);
    const student = await server.registerStudent();
    const answer = await server.get('/courses', student.token);
    assert.ok(answer.status >= 500, answer.text);
    await deps.tracer?.close();
    const failed = collector.spans.filter(({ status }) => status.code === 2);
    const typeOf = (name: string) => failed.find((span) => span.name === name)?.attributes['error.type'];
    assert.equal(typeOf('POST webhook'), '503');
    assert.equal(typeOf('process unknown'), 'PermanentError');
    const request = failed.find(({ name }) => name.startsWith('GET '));
    assert.equal(request?.attributes['error.type'], String(answer.status));
    assert.match(String(request.events[0]?.attributes['exception.type']), /error 42P01$/i);
  });

  test('without a collector nothing is carried: not in rows, not to receivers', async (t) => {
    const bench = await openBench(t, {});
    await bench.enroll(traceparent);
    const { db, tracer } = bench.server.open.deps;
    const { rows } = await sql<{ count: number }>`select
      (select count(*)::int from pgboss.job where data ? 'traceparent')
      + (select count(*)::int from webhook_delivery where traceparent is not null) as count`.execute(db);
    assert.equal(rows[0]?.count, 0);
    assert.equal(bench.receiver.received[0]?.headers.traceparent, undefined);
    assert.equal(tracer, null);
  });

  test('of which none is to be sent are handed on, and not sent', async (t) => {
    const collector = await collect(t);
    const bench = await openBench(t, {
      otelExporterOtlpEndpoint: collector.address,
      otelTracesSamplerArg: 0,
    });
    await bench.enroll(traceparent);
    await bench.server.open.deps.tracer?.close();
    assert.deepEqual(collector.requests, []);
    assert.match(
      String(bench.receiver.received[0]?.headers.traceparent),
      new RegExp(`^00-${traceId}-.*-00$`),
    );
  });

  test('hold nothing up where the collector hangs: a stop waits two seconds, and says what is lost', async (t) => {
    const hanging = await startHangingServer(t);
    const bench = await openBench(t, {
      otelExporterOtlpEndpoint: hanging,
      // What is under way then ends soon after.
      otelExporterOtlpTimeout: 3_000,
    });
    await bench.enroll();
    const startedAt = performance.now();
    await bench.server.open.deps.tracer?.close();
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs < 2_700, `${tookMs} ms`);
    const told = bench.server.log.filter(({ message }) => String(message).startsWith('traces: '));
    assert.equal(told.length, 1);
    assert.match(String(told[0]?.['message']), /in time, and they are dropped$/);
  });
});
