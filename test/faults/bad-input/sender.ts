import { randomUUID } from 'node:crypto';
import type { TestServer } from '#test/server.ts';
import { countedPrefix } from './coverage.ts';
import type { Input } from './document.ts';
import type { Draft } from './mutations.ts';

export type Sender = {
  /** Sends it and returns the status; what no client should ever get is remembered. 0: no answer at all. */
  send(input: Input, draft: Draft, token: string | undefined): Promise<number>;
  /** Each as a line that says how to send it again. */
  faults(): string[];
  summary(): string;
};

const stuckMs = 20_000;

export function createSender({ address }: TestServer): Sender {
  const faults: string[] = [];
  let count = 0;
  let slowest = { ms: 0, what: '' };
  return {
    async send(input, draft, token) {
      const startedAt = performance.now();
      const { status, type, text } = await answerTo(address, input, draft, token);
      const what = describe(input, draft);
      const ms = performance.now() - startedAt;
      if (ms > slowest.ms) slowest = { ms, what };
      count += 1;
      const isProblem = status < 400 || /^application\/(?:problem|scim)\+json/.test(type);
      if (status === 0 || status >= 500 || !isProblem)
        faults.push(`${status} ${text.slice(0, 300)} for ${what}`);
      return status;
    },
    faults: () => faults,
    summary: () => `${count} requests, the slowest took ${Math.round(slowest.ms)} ms: ${slowest.what}`,
  };
}

async function answerTo(
  address: string,
  { method, isStream }: Input,
  { path, headers, raw }: Draft,
  token: string | undefined,
): Promise<{ status: number; type: string; text: string }> {
  try {
    const response = await fetch(address + path, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(stuckMs),
      headers: {
        'x-request-id': `${countedPrefix}${randomUUID()}`,
        ...(raw !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(raw !== undefined && { body: raw }),
    });
    const type = response.headers.get('content-type') ?? '';
    if (!isStream || response.status >= 300)
      return { status: response.status, type, text: await response.text() };
    await response.body?.cancel();
    return { status: response.status, type, text: '' };
  } catch (error) {
    return { status: 0, type: '', text: String(error instanceof Error ? (error.cause ?? error) : error) };
  }
}

function describe({ operationId, method }: Input, { path, headers, raw }: Draft): string {
  const body = raw === undefined ? '' : String(raw).slice(0, 300);
  return `${operationId}: ${method} ${path.slice(0, 300)} ${headers ? JSON.stringify(headers).slice(0, 200) : ''} ${body}`;
}
