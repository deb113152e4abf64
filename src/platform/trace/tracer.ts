import type { Logger } from '#platform/log.ts';
import { createSparseWarn } from '#platform/sparse-log.ts';
import { newSpanId, newTraceId, type Trace } from './trace.ts';

export type SpanKind = 'server' | 'consumer' | 'client';
/** Ids, numbers, codes and routes; never names, addresses or free text. */
export type Attributes = Record<string, string | number>;

export type Span = {
  /** What continues the trace under this span. */
  trace: Trace;
  end(name: string, attributes: Attributes, isError: boolean): void;
};

export type EndedSpan = {
  name: string;
  kind: SpanKind;
  trace: Trace;
  parentSpanId: string | undefined;
  /** Milliseconds since 1970, with fractions. */
  startedAt: number;
  endedAt: number;
  attributes: Attributes;
  isError: boolean;
};

export type Tracer = {
  /** Begins a span under `parent`, or a trace where there is none. */
  start(kind: SpanKind, parent: Trace | undefined): Span;
  /** Sends what is left, within two seconds. */
  close(): Promise<void>;
};

export type TracerOptions = {
  endpoint: string;
  /** `name=value,name=value`, as OTEL_EXPORTER_OTLP_HEADERS has them. */
  headers: string | null;
  serviceName: string;
  serviceVersion: string;
  role: string;
  samplePercent: number;
  log: Logger;
};

const flushEveryMs = 2_000;
const batchSize = 512;
// Beyond it spans are dropped: a collector that is away must not fill the memory.
const mostWaiting = 4_096;
const closeTimeoutMs = 2_000;

/** Sends spans by OTLP over HTTP, many at a time; what the collector does not take is dropped, and told to the log. */
export function createTracer(options: TracerOptions): Tracer {
  const { log, samplePercent } = options;
  const warn = createSparseWarn(60_000);
  let waiting: EndedSpan[] = [];
  let sending: Promise<void> | undefined;

  const send = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchSize);
      waiting = waiting.slice(batchSize);
      try {
        const { exportSpans } = await import('./otlp.ts');
        await exportSpans(options, batch);
      } catch (error) {
        warn(
          log,
          'export',
          { err: error, dropped: batch.length },
          'traces: the collector does not take them',
        );
      }
    }
  };
  const flush = (): Promise<void> => (sending ??= send().finally(() => (sending = undefined)));
  const timer = setInterval(() => void flush(), flushEveryMs);
  timer.unref();
  let closing: Promise<void> | undefined;
  const flushLast = async (): Promise<void> => {
    clearInterval(timer);
    const cutOff = Promise.withResolvers<void>();
    const timeout = setTimeout(cutOff.resolve, closeTimeoutMs);
    await Promise.race([flush().then(flush), cutOff.promise]);
    clearTimeout(timeout);
  };
  return {
    start(kind, parent) {
      const traceId = parent?.traceId ?? newTraceId();
      const isSampled = isIn(traceId, samplePercent);
      const trace = { traceId, spanId: newSpanId(), isSampled };
      const startedAt = now();
      return {
        trace,
        end(name, attributes, isError) {
          if (!isSampled || waiting.length >= mostWaiting) return;
          const parentSpanId = parent?.spanId;
          waiting.push({ name, kind, trace, parentSpanId, startedAt, endedAt: now(), attributes, isError });
          if (waiting.length >= batchSize) void flush();
        },
      };
    },
    close: () => (closing ??= flushLast()),
  };
}

// By the trace's id, so that all processes decide alike; not by a stranger's flag.
function isIn(traceId: string, percent: number): boolean {
  return Number.parseInt(traceId.slice(-8), 16) < (percent / 100) * 2 ** 32;
}

// By the monotonic clock, so that no span ends before it began.
function now(): number {
  return performance.timeOrigin + performance.now();
}
