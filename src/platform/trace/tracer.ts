import type * as conventions from '@opentelemetry/semantic-conventions/incubating';
import type { Config } from '#platform/config/config.ts';
import type { Logger } from '#platform/log.ts';

export type SpanKind = 'server' | 'consumer' | 'client';

type Convention = Extract<(typeof conventions)[keyof typeof conventions], string>;
/** By the names of OpenTelemetry's conventions, or ours. Ids, numbers, codes and routes; never names, addresses or free text. */
export type Attributes = Partial<Record<Convention | `lms.${string}`, string | number>>;

/**
 * A place in a trace, as the header of that name of W3C Trace Context has it. It is handed on as an argument, like an
 * actor: from the request to what it enqueues, from there to the job's row, and to the receivers of webhooks.
 */
export type Traceparent = string;

export type Span = {
  /** What continues the trace under this span. */
  traceparent: Traceparent;
  /** Keeps what was thrown. An `end` with an error tells its kind and its place, and not its text, which may name people. */
  note(thrown: unknown): void;
  /** `errorType`: a code, for what failed. */
  end(attributes: Attributes, errorType?: string): void;
};

export type Tracer = {
  /** Begins a span under `parent`, or a trace where that is none. */
  start(kind: SpanKind, name: string, parent: unknown): Span;
  /** Sends what is left, within two seconds. */
  close(): Promise<void>;
};

/** Null without a collector: then nothing of OpenTelemetry is loaded. */
export async function openTracer(config: Config, role: string, log: Logger): Promise<Tracer | null> {
  const { otelExporterOtlpEndpoint: endpoint, otelSdkDisabled: isDisabled } = config;
  if (endpoint === null || isDisabled) return null;
  const { createTracer } = await import('./otlp.ts');
  return createTracer({ config, endpoint, role, log });
}
