import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { loadConfig, type Config } from '#platform/config/config.ts';
import { createLogger } from '#platform/log.ts';
import { startCollector } from '#test/collector.ts';
import { waitFor } from '#test/wait.ts';
import { openTracer, type Tracer } from './tracer.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${spanId}-01`;

type Bench = { tracer: Tracer; log: Record<string, unknown>[] };

function configOf(overrides: Partial<Config>): Config {
  return loadConfig({
    env: { ENVIRONMENT: 'test', DATABASE_URL: 'postgresql://127.0.0.1:1/none' },
    cwd: process.cwd(),
    overrides,
  }).config;
}

async function openBench(t: TestContext, overrides: Partial<Config>): Promise<Bench> {
  const log: Bench['log'] = [];
  const write = (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>);
  const logger = createLogger({ level: 'warn', service: 'test', version: '1', destination: { write } });
  const tracer = await openTracer(configOf(overrides), 'worker', logger);
  assert.ok(tracer);
  t.after(() => tracer.close());
  return { tracer, log };
}

async function collect(t: TestContext, status?: number) {
  const collector = await startCollector(status);
  t.after(() => collector.stop());
  return collector;
}

suite('the tracer', () => {
  test('is none without an endpoint, and where it is switched off', async () => {
    const log = createLogger({ level: 'silent', service: 'test', version: '1' });
    const off = { otelExporterOtlpEndpoint: 'http://127.0.0.1:9', otelSdkDisabled: true };
    for (const overrides of [{}, off]) assert.equal(await openTracer(configOf(overrides), 'api', log), null);
  });

  test('continues a traceparent as W3C Trace Context has it, and begins anew for all else', async (t) => {
    const { tracer } = await openBench(t, { otelExporterOtlpEndpoint: 'http://127.0.0.1:9' });
    const traceOf = (parent: unknown) => tracer.start('server', 'GET', parent).traceparent.split('-')[1];
    assert.match(tracer.start('server', 'GET', traceparent).traceparent, /^00-4bf9.{28}-[\da-f]{16}-01$/);
    for (const text of [traceparent, `00-${traceId}-${spanId}-02`, `42-${traceId}-${spanId}-01-later`])
      assert.equal(traceOf(text), traceId, text);
    const others: Record<string, unknown> = {
      'the version that is none': `ff-${traceId}-${spanId}-01`,
      'a trace of zeros': `00-${'0'.repeat(32)}-${spanId}-01`,
      'a span of zeros': `00-${traceId}-${'0'.repeat(16)}-01`,
      capitals: `00-${traceId.toUpperCase()}-${spanId}-01`,
      'one that is cut short': `00-${traceId}-${spanId}`,
      'a long text': `00-${traceId}-${spanId}-01-${'x'.repeat(10_000)}`,
      nothing: undefined,
      null: null,
      'a thing': { traceparent },
    };
    for (const [what, other] of Object.entries(others)) {
      const anew = traceOf(other);
      assert.match(String(anew), /^(?!0{32})[\da-f]{32}$/, what);
      assert.notEqual(anew, traceId, what);
    }
  });

  test('sends to a path of the collector, packed, with its headers, and says who it is', async (t) => {
    const collector = await collect(t);
    const { tracer, log } = await openBench(t, {
      otelExporterOtlpEndpoint: `${collector.address}/tenants/7`,
      otelExporterOtlpHeaders: 'x-key=a%20b%3D, Authorization=Basic YWJj==',
      otelExporterOtlpCompression: 'gzip',
      otelResourceAttributes: 'service.namespace=campus,service.name=other,deployment.environment.name=blue',
      otelServiceName: 'academy',
    });
    tracer.start('server', 'GET /', undefined).end({ 'http.response.status_code': 200 });
    await tracer.close();
    const [request] = collector.requests;
    assert.deepEqual(
      [request?.path, request?.headers['x-key'], request?.headers.authorization],
      ['/tenants/7/v1/traces', 'a b=', 'Basic YWJj=='],
    );
    assert.equal(request?.headers['content-encoding'], 'gzip');
    const { resource } = collector.spans[0]!;
    assert.deepEqual(
      ['service.name', 'service.namespace', 'deployment.environment.name', 'lms.role'].map(
        (name) => resource[name],
      ),
      ['academy', 'campus', 'blue', 'worker'],
    );
    assert.match(String(resource['service.instance.id']), /^[\da-f-]{36}$/);
    assert.deepEqual(log, []);
  });

  test('tells of a failure its kind and place, and nothing that its text says', async (t) => {
    const collector = await collect(t);
    const { tracer } = await openBench(t, { otelExporterOtlpEndpoint: collector.address });
    const failed = tracer.start('consumer', 'process mails.send', undefined);
    failed.note(new TypeError('no mailbox for ada@example.edu\n    at Ada Lovelace (secret:1:1)'));
    failed.end({ 'lms.attempt': 2 }, 'TypeError');
    const fine = tracer.start('server', 'GET /', undefined);
    fine.note(new Error('a refusal, which is no fault'));
    fine.end({});
    await tracer.close();
    const [first, second] = collector.spans;
    assert.deepEqual(first?.status, { code: 2, message: '' });
    assert.deepEqual(first.attributes, { 'lms.attempt': 2, 'error.type': 'TypeError' });
    assert.equal(first.events[0]?.name, 'exception');
    assert.equal(first.events[0].attributes['exception.type'], 'TypeError');
    assert.match(String(first.events[0].attributes['exception.stacktrace']), /otlp\.test\.ts:\d+/);
    assert.deepEqual([second?.status.code, second?.events], [0, []]);
    const sent = Buffer.concat(collector.requests.map(({ body }) => body)).toString('latin1');
    assert.match(sent, /process mails\.send/);
    for (const text of ['example.edu', 'mailbox', 'Lovelace', 'refusal'])
      assert.ok(!sent.includes(text), text);
  });

  test('by default chooses by the trace alone, alike in all processes, whatever the caller wishes', async (t) => {
    const half = { otelExporterOtlpEndpoint: 'http://127.0.0.1:9', otelTracesSamplerArg: 0.5 };
    const [one, other] = [await openBench(t, half), await openBench(t, half)];
    const chosen = Array.from({ length: 400 }, () => {
      const first = one.tracer.start('server', 'GET', undefined).traceparent;
      const wish = first.replace(/-0[01]$/, first.endsWith('1') ? '-00' : '-01');
      const next = other.tracer.start('consumer', 'process', wish).traceparent;
      assert.equal(next.slice(-2), first.slice(-2));
      return first.endsWith('1');
    });
    const part = chosen.filter(Boolean).length / chosen.length;
    assert.ok(part > 0.35 && part < 0.65, String(part));
  });

  test('follows the sampler that the operator names, also that of callers', async (t) => {
    const flags = async (sampler: Config['otelTracesSampler']) => {
      const { tracer } = await openBench(t, {
        otelExporterOtlpEndpoint: 'http://127.0.0.1:9',
        otelTracesSampler: sampler,
        otelTracesSamplerArg: 0,
      });
      const parents = [undefined, traceparent, traceparent.replace(/1$/, '0')];
      return parents.map((parent) => tracer.start('server', 'GET', parent).traceparent.slice(-2)).join(' ');
    };
    assert.equal(await flags('always_on'), '01 01 01');
    assert.equal(await flags('always_off'), '00 00 00');
    assert.equal(await flags('traceidratio'), '00 00 00');
    assert.equal(await flags('parentbased_always_on'), '01 01 00');
    assert.equal(await flags('parentbased_always_off'), '00 01 00');
    assert.equal(await flags('parentbased_traceidratio'), '00 01 00');
  });

  test('keeps a bounded number while the collector is slow, and says how many it dropped', async (t) => {
    const collector = await collect(t);
    const { tracer, log } = await openBench(t, { otelExporterOtlpEndpoint: collector.address });
    const end = () => tracer.start('server', 'GET', undefined).end({});
    // In one turn: nothing can be taken before the last has ended.
    for (let count = 0; count < 6_000; count += 1) end();
    await waitFor('room again', () => collector.spans.length >= 1_024);
    end();
    await tracer.close();
    assert.equal(collector.spans.length, 512 + 4_096 + 1);
    const [line] = log;
    assert.equal(log.length, 1);
    assert.match(String(line?.['message']), /^traces: Dropped 1392 spans/);
  });

  test('says once a minute that the collector refuses, without its headers', async (t) => {
    const collector = await collect(t, 401);
    const { tracer, log } = await openBench(t, {
      otelExporterOtlpEndpoint: collector.address,
      otelExporterOtlpHeaders: 'x-key=hidden-key',
    });
    for (let count = 0; count < 1_500; count += 1) tracer.start('server', 'GET', undefined).end({});
    await tracer.close();
    assert.equal(collector.requests.length, 3);
    assert.equal(log.length, 1);
    const [line] = log;
    assert.equal(line?.['message'], 'traces: the collector does not take them');
    assert.deepEqual([line['dropped'], (line['err'] as { code: number }).code], [512, 401]);
    assert.doesNotMatch(JSON.stringify(log), /hidden-key/);
  });
});
