import { randomUUID } from 'node:crypto';
import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span as SdkSpan,
} from '@opentelemetry/api';
import { ExportResultCode, parseKeyPairsIntoRecord, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { defaultResource, resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import type { Config } from '#platform/config/config.ts';
import { describeError, type Logger } from '#platform/log.ts';
import { createSparseWarn } from '#platform/sparse-log.ts';
import type { Attributes, Span, Tracer } from './tracer.ts';

export type TracerOptions = { config: Config; endpoint: string; role: string; log: Logger };

const flushEveryMs = 2_000;
const batchSize = 512;
// Beyond it spans are dropped: a collector that is away must not fill the memory.
const mostWaiting = 4_096;
const closeTimeoutMs = 2_000;
const kinds = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER, client: SpanKind.CLIENT };

/**
 * A tracer of OpenTelemetry's SDK, given all that the SDK would else find by itself: the place in a trace is an
 * argument, and of the process nothing is changed but where the library's warnings go.
 */
export function createTracer(options: TracerOptions): Tracer {
  const tell = tellerTo(options.log);
  diag.setLogger(
    {
      ...{ verbose() {}, debug() {}, info() {} },
      warn: (message, ...details) => tell('warning', { details }, message),
      error: (message, ...details) => tell('error', { details }, message),
    },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const provider = new TracerProvider({
    resource: resourceOf(options),
    sampler: samplerOf(options.config),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: telling(openExporter(options), tell),
        scheduledDelayMillis: flushEveryMs,
        maxExportBatchSize: batchSize,
        maxQueueSize: mostWaiting,
      }),
    ],
  });
  const tracer = provider.getTracer('lms', options.config.version);
  const propagator = new W3CTraceContextPropagator();
  let closing: Promise<void> | undefined;
  return {
    start(kind, name, parent) {
      const above = propagator.extract(ROOT_CONTEXT, { traceparent: parent }, defaultTextMapGetter);
      const span = tracer.startSpan(name, { kind: kinds[kind] }, above);
      const carrier: { traceparent?: string } = {};
      propagator.inject(trace.setSpan(above, span), carrier, defaultTextMapSetter);
      return toSpan(span, carrier.traceparent ?? '');
    },
    close: () => (closing ??= closeInTime(provider, tell)),
  };
}

type Tell = (kind: string, fields: Record<string, unknown>, message: string) => void;

function tellerTo(log: Logger): Tell {
  const warn = createSparseWarn(60_000);
  return (kind, fields, message) => warn(log, kind, fields, `traces: ${message}`);
}

function toSpan(span: SdkSpan, traceparent: string): Span {
  let thrown: unknown;
  return {
    traceparent,
    note: (error) => (thrown = error),
    end(attributes, errorType) {
      span.setAttributes(attributes);
      if (errorType !== undefined) {
        span.setAttribute('error.type', errorType);
        span.setStatus({ code: SpanStatusCode.ERROR });
        if (thrown !== undefined) span.addEvent('exception', exceptionOf(thrown));
      }
      span.end();
    },
  };
}

// Not by the span's own `recordException`, which tells the message.
function exceptionOf(thrown: unknown): Attributes {
  const { type, code, stack } = describeError(thrown);
  return { 'exception.type': code === undefined ? type : `${type} ${code}`, 'exception.stacktrace': stack };
}

function openExporter({ config, endpoint }: TracerOptions): SpanExporter {
  return new OTLPTraceExporter({
    url: `${endpoint}/v1/traces`,
    headers: parseKeyPairsIntoRecord(config.otelExporterOtlpHeaders ?? undefined),
    timeoutMillis: config.otelExporterOtlpTimeout,
    compression:
      config.otelExporterOtlpCompression === 'gzip' ? CompressionAlgorithm.GZIP : CompressionAlgorithm.NONE,
  });
}

/** Tells of spans that the collector does not take, here and not to the handler that the library has for a process. */
function telling(exporter: SpanExporter, tell: Tell): SpanExporter {
  return {
    export(spans, done) {
      exporter.export(spans, ({ code, error }) => {
        if (code !== ExportResultCode.SUCCESS)
          tell('export', { err: error, dropped: spans.length }, 'the collector does not take them');
        done({ code: ExportResultCode.SUCCESS });
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/** What the operator says of it wins over what we do. */
function resourceOf({ config, role }: TracerOptions): Resource {
  const { otelServiceName: name, otelResourceAttributes: attributes } = config;
  const ours = {
    'service.name': 'lms',
    'service.version': config.version,
    'service.instance.id': randomUUID(),
    'deployment.environment.name': config.environment,
    'lms.role': role,
  };
  return defaultResource().merge(
    resourceFromAttributes({
      ...ours,
      ...parseKeyPairsIntoRecord(attributes ?? undefined),
      ...(name !== null && { 'service.name': name }),
    }),
  );
}

// Without `parentbased_`, by the trace's id alone, alike in all processes: what a stranger's header says counts nothing.
function samplerOf({ otelTracesSampler: name, otelTracesSamplerArg: ratio }: Config): Sampler {
  const [, isParentBased, kind] = /^(parentbased_)?(.*)$/.exec(name) ?? [];
  const root =
    kind === 'always_on'
      ? new AlwaysOnSampler()
      : kind === 'always_off'
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(ratio);
  return isParentBased === undefined ? root : new ParentBasedSampler({ root });
}

async function closeInTime(provider: TracerProvider, tell: Tell): Promise<void> {
  const cutOff = Promise.withResolvers<false>();
  const timeout = setTimeout(() => cutOff.resolve(false), closeTimeoutMs);
  const flushed = provider.shutdown().then(
    () => true,
    () => false,
  );
  if (!(await Promise.race([flushed, cutOff.promise])))
    tell('close', {}, 'the collector has not taken the last ones in time, and they are dropped');
  clearTimeout(timeout);
  diag.disable();
}
