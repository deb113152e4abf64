import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { clientOf, sendRequest, type Answer, type Client, type RequestOptions } from '#test/client.ts';

/** What a front end met. */
export type Seen = {
  requests: number;
  /** Connections that broke or were refused, and 502: behind a proxy the same, for what a replica had in hand. */
  broken: number;
  /** 503, and 409 while the first try of a repeated request still holds its key. */
  unavailable: number;
  waiting: number;
  /** The longest time until one try had its answer, or broke. */
  slowestMs: number;
  /** What it was told is done: every write that was answered by 2xx. */
  told: { method: string; path: string; body: Answer['body'] }[];
};

export function nothingSeen(): Seen {
  return { requests: 0, broken: 0, unavailable: 0, waiting: 0, slowestMs: 0, told: [] };
}

// Whoever gets no answer for so long has met a stuck request.
const stuckMs = 45_000;
const patienceMs = 150_000;

/**
 * As a careful front end behaves: what broke or was answered 503 is tried again after a pause, a POST with the same
 * Idempotency-Key. Everything else, a 500 too, is an answer. `baseUrls` are the nodes as they stand now; each try goes
 * to the next.
 */
export function createFrontEnd(t: TestContext, baseUrls: () => readonly string[], seen: Seen): Client {
  let isOver = false;
  t.after(() => void (isOver = true));
  let turn = 0;
  const nextNode = () => {
    const nodes = baseUrls();
    return nodes[turn++ % nodes.length] ?? '';
  };
  return clientOf('', async (method, path, given = {}) => {
    const options = withKey(method, given);
    const deadline = performance.now() + patienceMs;
    for (let tries = 0; ; tries++) {
      const answer = await tryOnce(nextNode(), method, path, options, seen);
      const pauseMs = pauseBeforeRepeating(answer, seen);
      if (answer !== undefined && pauseMs === undefined) {
        const final = tries === 0 ? answer : await settle(nextNode, path, options, answer);
        if (method !== 'GET' && final.status < 300) seen.told.push({ method, path, body: final.body });
        return final;
      }
      if (isOver) throw new Error('the test is over');
      if (performance.now() > deadline)
        throw new Error(
          `${method} ${path}: no answer within ${patienceMs} ms, at last ${answer?.text ?? 'none'}`,
        );
      await sleep(pauseMs ?? 200);
    }
  });
}

async function tryOnce(
  baseUrl: string,
  method: string,
  path: string,
  options: RequestOptions,
  seen: Seen,
): Promise<Answer | undefined> {
  seen.requests += 1;
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(stuckMs);
  try {
    return await sendRequest(baseUrl, method, path, { ...options, signal });
  } catch {
    if (signal.aborted) throw new Error(`${method} ${path}: no answer within ${stuckMs} ms`);
    seen.broken += 1;
    return undefined;
  } finally {
    seen.slowestMs = Math.max(seen.slowestMs, performance.now() - startedAt);
  }
}

/** Undefined where the answer is one. */
function pauseBeforeRepeating(answer: Answer | undefined, seen: Seen): number | undefined {
  if (answer === undefined) return 200;
  if (answer.status === 502) {
    seen.broken += 1;
    return 200;
  }
  if (answer.status === 503) {
    seen.unavailable += 1;
    return 250;
  }
  if (answer.body?.code !== 'request_in_progress') return undefined;
  seen.waiting += 1;
  return 1_000;
}

function withKey(method: string, options: RequestOptions): RequestOptions {
  if (method !== 'POST' || options.token === undefined) return options;
  return { ...options, headers: { 'idempotency-key': randomUUID(), ...options.headers } };
}

// The first try may have been done although its answer was lost: whoever is registered already signs in.
async function settle(
  nextNode: () => string,
  path: string,
  options: RequestOptions,
  answer: Answer,
): Promise<Answer> {
  if (path !== '/auth/register' || answer.status !== 409) return { ...answer, isRepeated: true };
  const { email, password } = options.body as { email: string; password: string };
  for (;;) {
    const login = await sendRequest(nextNode(), 'POST', '/auth/login', { body: { email, password } }).catch(
      () => undefined,
    );
    if (login !== undefined && login.status !== 503 && login.status !== 502)
      return { ...login, isRepeated: true };
    await sleep(200);
  }
}
