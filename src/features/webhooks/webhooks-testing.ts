import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lessonCompleted } from '#features/progress/events.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { createOutboundHttp, type OutboundOptions } from '#platform/outbound-http/outbound-http.ts';
import type { Body } from '#test/client.ts';
import { makePerson, signIn } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';
import { startDispatcher } from './dispatcher.ts';

export type Received = { path: string; headers: IncomingHttpHeaders; body: string };
export type Receiver = {
  /** Without a path. */
  address: string;
  received: Received[];
  /** Of one path, or of all. */
  ids(path?: string): string[];
  stop(): Promise<void>;
};

export type Answering = (received: Received, response: ServerResponse, number: number) => void;

/** A real HTTP server that keeps what it is sent, and answers 204 unless told otherwise. */
export async function startReceiver(
  answer: Answering = (_, response) => response.writeHead(204).end(),
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const got = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      received.push(got);
      answer(got, response, received.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    received,
    ids: (path) =>
      received
        .filter((each) => path === undefined || each.path === path)
        .map(({ headers }) => String(headers['webhook-id'])),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export type WebhookBench = {
  server: TestServer;
  /** Calls as the admin; throws unless it succeeds. */
  call(method: string, path: string, body?: unknown): Promise<Body>;
  makeWebhook(url: string, events?: string[]): Promise<Body>;
  /** Publishes so many `lesson.completed`, to which no job of ours reacts, and runs the jobs of that. */
  publish(count: number): Promise<void>;
  /** Attempts of an endpoint, the oldest first. */
  attempts(webhookId: string, query?: string): Promise<Body[]>;
  /** Lets time pass, and the dispatcher look. */
  advance(by: Parameters<TestServer['clock']['advance']>[0]): void;
  stop(): Promise<void>;
};

function madeUp() {
  return { userId: newId(), courseId: newId(), enrollmentId: newId(), lessonId: newId() };
}

/** A server whose dispatcher runs, and which may send to this machine. */
export async function openWebhookBench(outbound: Partial<OutboundOptions> = {}): Promise<WebhookBench> {
  const server = await startTestServer({ config: { webhooksAllowPrivateAddresses: true } });
  const { deps, metrics } = server.open;
  deps.outbound.close();
  deps.outbound = createOutboundHttp({ allowPrivateAddresses: true, ...outbound });
  const dispatcher = startDispatcher(deps, metrics.webhooks);
  const { email, password } = await makePerson(server, 'admin');
  let token: string | undefined;
  const call = async (method: string, path: string, body?: unknown): Promise<Body> => {
    let answer = await server.request(method, path, { token, body });
    // The clock was moved on, past the end of the token.
    if (answer.status === 401) {
      ({ token } = await signIn(server, email, password));
      answer = await server.request(method, path, { token, body });
    }
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  return {
    server,
    call,
    makeWebhook: (url, events = ['*']) => call('POST', '/webhooks', { url, events }),
    async publish(count) {
      const now = deps.clock.now();
      const facts = Array.from({ length: count }, () => fact(lessonCompleted, null, now, madeUp()));
      await inTransaction(deps.db, (tx) => deps.events.publish(tx, ...facts));
      await server.runJobs();
    },
    attempts: async (webhookId, query = '') =>
      (await call('GET', `/webhooks/${webhookId}/deliveries?limit=100&sort=createdAt${query}`)).items,
    advance(by) {
      server.clock.advance(by);
      deps.deliveriesDue.wake();
    },
    async stop() {
      await dispatcher.stop(0);
      await server.stop();
    },
  };
}

/** Waits until the endpoint's attempts are in these states, the oldest first. */
export async function waitForStates(
  bench: WebhookBench,
  webhookId: string,
  states: readonly string[],
): Promise<Body[]> {
  let attempts: Body[] = [];
  await waitFor(`attempts ${states.join()}`, async () => {
    attempts = await bench.attempts(webhookId);
    return attempts.map(({ state }) => state).join() === states.join();
  }).catch((error: unknown) => {
    throw new Error(`${String(error)} They are ${attempts.map(({ state }) => state).join()}.`);
  });
  return attempts;
}
