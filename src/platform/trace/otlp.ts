import type { Attributes, EndedSpan, TracerOptions } from './tracer.ts';

const timeoutMs = 10_000;
const kinds = { server: 2, client: 3, consumer: 5 } as const;

/** Posts spans as OTLP/HTTP in JSON (opentelemetry.io/docs/specs/otlp). Throws where they are not taken. */
export async function exportSpans(options: TracerOptions, spans: readonly EndedSpan[]): Promise<void> {
  const response = await fetch(`${options.endpoint.replace(/\/+$/, '')}/v1/traces`, {
    method: 'POST',
    headers: { ...headersOf(options.headers), 'content-type': 'application/json' },
    body: JSON.stringify(toRequest(options, spans)),
    signal: AbortSignal.timeout(timeoutMs),
    redirect: 'error',
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the collector answered ${response.status}`);
}

function toRequest(options: TracerOptions, spans: readonly EndedSpan[]): object {
  const { serviceName, serviceVersion, role } = options;
  const resource = { 'service.name': serviceName, 'service.version': serviceVersion, 'lms.role': role };
  return {
    resourceSpans: [
      {
        resource: { attributes: toAttributes(resource) },
        scopeSpans: [{ scope: { name: 'lms', version: serviceVersion }, spans: spans.map(toSpan) }],
      },
    ],
  };
}

function toSpan({
  name,
  kind,
  trace,
  parentSpanId,
  startedAt,
  endedAt,
  attributes,
  isError,
}: EndedSpan): object {
  return {
    traceId: trace.traceId,
    spanId: trace.spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name,
    kind: kinds[kind],
    startTimeUnixNano: toNanoseconds(startedAt),
    endTimeUnixNano: toNanoseconds(endedAt),
    attributes: toAttributes(attributes),
    // 2: it failed; 0: nothing is said.
    status: { code: isError ? 2 : 0 },
  };
}

function toAttributes(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    // 64-bit numbers are text in the JSON of protobuf.
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
}

// As text, since no number of JavaScript holds it exactly.
function toNanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}

function headersOf(text: string | null): Record<string, string> {
  const pairs = (text ?? '').split(',').filter((pair) => pair.includes('='));
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [name.trim(), decodeURIComponent(value.join('=').trim())];
    }),
  );
}
