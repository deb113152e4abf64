import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { parse } from 'protobufjs';

export type TakenSpan = {
  traceId: string;
  spanId: string;
  /** Empty for the first of a trace. */
  parentSpanId: string;
  name: string;
  /** 2: server, 3: client, 5: consumer. */
  kind: number;
  startedAt: bigint;
  endedAt: bigint;
  attributes: Record<string, string | number>;
  events: { name: string; attributes: Record<string, string | number> }[];
  /** 0: nothing is said; 2: it failed. */
  status: { code: number; message: string };
  /** Of the process that sent it. */
  resource: Record<string, string | number>;
};
export type Collector = {
  /** To be used as the endpoint. */
  address: string;
  requests: { path: string; headers: IncomingHttpHeaders; body: Buffer }[];
  spans: TakenSpan[];
  stop(): Promise<void>;
};

// Of the published protocol, as far as spans need it, and read by a library that has no part in sending them.
const protocol = parse(
  `syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
    repeated Event events = 11; Status status = 15;
  }
  message Event { string name = 2; repeated KeyValue attributes = 3; }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; int64 int_value = 3; double double_value = 4; } }`,
).root.lookupType('Request');

/** A real HTTP server that takes spans by OTLP in protobuf, and answers with `status`. */
export async function startCollector(status = 200): Promise<Collector> {
  const requests: Collector['requests'] = [];
  const spans: TakenSpan[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      spans.push(...readSpans(body));
      response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    spans,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type KeyValue = { key: string; value: { stringValue?: string; intValue?: string; doubleValue?: number } };
type Sent = {
  resourceSpans: {
    resource: { attributes: KeyValue[] };
    scopeSpans: { spans: SentSpan[] }[];
  }[];
};
type SentSpan = {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: KeyValue[];
  events: { name: string; attributes: KeyValue[] }[];
  status: { code: number; message: string } | null;
};

function readSpans(body: Buffer): TakenSpan[] {
  const read = protocol.decode(body);
  const { resourceSpans } = protocol.toObject(read, {
    longs: String,
    bytes: String,
    arrays: true,
    defaults: true,
  }) as Sent;
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => toTaken(span, toRecord(resource.attributes)))),
  );
}

function toTaken(span: SentSpan, resource: TakenSpan['resource']): TakenSpan {
  return {
    traceId: toHex(span.traceId),
    spanId: toHex(span.spanId),
    parentSpanId: toHex(span.parentSpanId),
    name: span.name,
    kind: span.kind,
    startedAt: BigInt(span.startTimeUnixNano),
    endedAt: BigInt(span.endTimeUnixNano),
    attributes: toRecord(span.attributes),
    events: span.events.map(({ name, attributes }) => ({ name, attributes: toRecord(attributes) })),
    status: span.status ?? { code: 0, message: '' },
    resource,
  };
}

function toHex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}

function toRecord(attributes: KeyValue[]): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? Number(value.intValue ?? value.doubleValue ?? Number.NaN),
    ]),
  );
}
