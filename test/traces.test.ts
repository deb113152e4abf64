import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite, test, type TestContext } from 'node:test';
import { sql } from 'kysely';
import { startDispatcher } from '#features/webhooks/dispatcher.ts';
import { startReceiver, type Receiver } from '#features/webhooks/webhooks-testing.ts';
import type { Config } from '#platform/config/config.ts';
import { makePublishedCourse, type PublishedCourse } from '#test/courses.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';

type Span = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status: { code: number };
  attributes: { key: string; value: { stringValue?: string; intValue?: string } }[];
};
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

async function openBench(t: TestContext, config: Partial<Config>): Promise<Bench> {
  const receiver = await startReceiver();
  t.after(() => receiver.stop());
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

function spansIn(collector: Receiver): Span[] {
  return collector.received.flatMap(({ body }) => {
    const { resourceSpans } = JSON.parse(body) as {
      resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
    };
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  });
}

suite('traces', () => {
  test('lead from the caller by the request and its job to the receiver of the webhook', async (t) => {
    const collector = await startReceiver((_, response) => response.writeHead(200).end('{}'));
    t.after(() => collector.stop());
    const bench = await openBench(t, {
      otelExporterOtlpEndpoint: collector.address,
      otelExporterOtlpHeaders: 'x-key=a%20b,x-other=c',
    });
    const student = await bench.enroll(traceparent);
    const find = (name: string) =>
      spansIn(collector).find((span) => span.name === name && span.traceId === traceId);
    await waitFor('the last span', () => find('webhook') !== undefined);
    const request = find('POST /api/v1/courses/:id/enrollments');
    const job = find('job webhooks.fan-out');
    const webhook = find('webhook');
    assert.deepEqual(
      [request?.parentSpanId, job?.parentSpanId, webhook?.parentSpanId],
      [spanId, request?.spanId, job?.spanId],
    );
    // SERVER, CONSUMER, CLIENT.
    assert.deepEqual([request?.kind, job?.kind, webhook?.kind], [2, 5, 3]);
    assert.equal(
      bench.receiver.received[0]?.headers.traceparent,
      `00-${traceId}-${webhook?.spanId}-01`,
      'the receiver can go on',
    );
    for (const span of [request, job, webhook]) {
      assert.ok(BigInt(span!.endTimeUnixNano) >= BigInt(span!.startTimeUnixNano));
      assert.equal(span!.status.code, 0);
    }
    const [first] = collector.received;
    assert.deepEqual(
      [first?.path, first?.headers['x-key'], first?.headers['x-other']],
      ['/v1/traces', 'a b', 'c'],
    );
    const all = collector.received.map(({ body }) => body).join();
    assert.match(all, /"service.name","value":\{"stringValue":"lms"\}/);
    for (const secret of [student.email, student.name]) assert.ok(!all.includes(secret), secret);
    assert.ok(!spansIn(collector).some(({ name }) => /health|ready|metrics/.test(name)));
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
    const collector = await startReceiver();
    t.after(() => collector.stop());
    const bench = await openBench(t, {
      otelExporterOtlpEndpoint: collector.address,
      otelTracesSamplePercent: 0,
    });
    await bench.enroll(traceparent);
    await bench.server.open.deps.tracer?.close();
    assert.deepEqual(collector.received, []);
    assert.match(
      String(bench.receiver.received[0]?.headers.traceparent),
      new RegExp(`^00-${traceId}-.*-00$`),
    );
  });

  test('hold nothing up where the collector hangs or refuses: the log says it once', async (t) => {
    const hanging = createServer(() => {}).listen(0, '127.0.0.1');
    await once(hanging, 'listening');
    t.after(() => {
      hanging.closeAllConnections();
      hanging.close();
    });
    const { port } = hanging.address() as AddressInfo;
    const slow = await openBench(t, { otelExporterOtlpEndpoint: `http://127.0.0.1:${port}` });
    await slow.enroll();
    const startedAt = performance.now();
    await slow.server.open.deps.tracer?.close();
    assert.ok(performance.now() - startedAt < 3_000, 'a stop waits two seconds at most');

    const refusing = await startReceiver((_, response) => response.writeHead(503).end());
    t.after(() => refusing.stop());
    const refused = await openBench(t, { otelExporterOtlpEndpoint: refusing.address });
    await refused.enroll();
    await refused.server.open.deps.tracer?.close();
    assert.ok(refusing.received.length > 0);
    const told = refused.server.log.filter(({ message }) => String(message).startsWith('traces: '));
    assert.equal(told.length, 1);
  });
});
