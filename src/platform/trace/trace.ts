import { randomBytes } from 'node:crypto';

/**
 * A place in a trace, as W3C Trace Context has it. It is handed on as an argument, like an actor: from the request to what
 * it enqueues, from there to the job's row, and to the receivers of webhooks.
 */
export type Trace = {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16. */
  spanId: string;
  isSampled: boolean;
};

const pattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** Undefined for what is none: the trace then begins anew. */
export function parseTraceparent(text: unknown): Trace | undefined {
  if (typeof text !== 'string' || text.length > 200) return undefined;
  const [, traceId, spanId, flags] = pattern.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, isSampled }: Trace): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

export function newTraceId(): string {
  return randomBytes(16).toString('hex');
}

export function newSpanId(): string {
  return randomBytes(8).toString('hex');
}
