import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { insertNotifications } from '#features/notifications/queries/notifications.ts';
import { newId } from '#platform/ids.ts';
import { createClient } from '#test/client.ts';
import { ok } from '#test/loop.ts';
import { startRole, type Bench } from './environment.ts';
import { median } from './load.ts';
import { residentBytes } from './memory.ts';
import { addLearners, learnerOf, signInElsewhere, type World } from './seed.ts';

export type StreamFigures = {
  streams: number;
  openedInSeconds: number;
  bytesEach: number;
  /** Seconds until all had what was written for all of them by another process, of which nobody told this one. */
  allReachedInSeconds: number;
  /** Milliseconds from a request of one person to their other device. */
  toOne: { p50: number; p99: number };
};

type Stream = { response: IncomingMessage; heardAt: number };

export async function measureStreams(
  bench: Bench,
  databaseUrl: string,
  world: World,
  count: number,
): Promise<StreamFigures> {
  await addLearners(databaseUrl, world.learners.length, count);
  const api = await startRole(bench, 'api', databaseUrl, { EVENT_STREAMS_MAX: String(count + 100) });
  const people = await Promise.all(Array.from({ length: count }, (_, number) => learnerOf(number)));
  await sleep(2_000);
  const before = residentBytes(api.pid);
  const start = performance.now();
  const streams: Stream[] = [];
  for (let from = 0; from < count; from += 100) {
    const some = people.slice(from, from + 100);
    streams.push(...(await Promise.all(some.map(({ token }) => open(api.url, token)))));
  }
  const openedInSeconds = (performance.now() - start) / 1_000;
  await sleep(8_000);
  const bytesEach = (residentBytes(api.pid) - before) / count;
  const allReachedInSeconds = await tellAll(
    databaseUrl,
    world,
    streams,
    people.map(({ userId }) => userId),
  );
  const phones = await signInElsewhere(databaseUrl, 200);
  const toOne = await tellSome(api.url, world, streams, phones);
  for (const { response } of streams) response.destroy();
  await api.stop();
  return { streams: count, openedInSeconds, bytesEach, allReachedInSeconds, toOne };
}

function open(url: string, token: string): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
    get(`${url}/api/v1/me/events`, { headers, agent: false }, (response) => {
      const stream = { response, heardAt: 0 };
      if (response.statusCode !== 200) reject(new Error(`A stream answers ${response.statusCode}.`));
      response.setEncoding('utf8').on('data', (text: string) => {
        if (/^event: (?:notification|progress)$/m.test(text)) stream.heardAt = performance.now();
        if (text.includes('event: ready')) resolve(stream);
      });
      response.on('error', () => {});
    }).on('error', reject);
  });
}

async function tellAll(
  url: string,
  world: World,
  streams: readonly Stream[],
  userIds: readonly string[],
): Promise<number> {
  const limits = { statementTimeoutMs: 60_000, lockTimeoutMs: 5_000, idleInTransactionTimeoutMs: 60_000 };
  const rest = { poolSize: 1, applicationName: 'lms-bench', isPreparing: false, onError: () => {} };
  const database = openDatabase({ url, ...limits, ...rest });
  await inTransaction(database.db, (tx) =>
    insertNotifications(tx, [...userIds], {
      eventId: newId(),
      kind: 'grade',
      eventType: 'quiz.graded',
      courseId: world.course.id,
      data: {},
      createdAt: new Date(),
    }),
  );
  const start = performance.now();
  await untilHeard(streams, start);
  await database.close();
  return (Math.max(...streams.map(({ heardAt }) => heardAt)) - start) / 1_000;
}

async function tellSome(
  url: string,
  world: World,
  streams: readonly Stream[],
  tokens: readonly string[],
): Promise<StreamFigures['toOne']> {
  const api = createClient(`${url}/api/v1`);
  const delays: number[] = [];
  for (const [index, token] of tokens.entries()) {
    const start = performance.now();
    const path = `/enrollments/${world.learners[index]?.enrollmentId}/lessons/${world.newTextId}/completion`;
    await ok(api.put(path, {}, token), 200);
    const own = streams[index];
    if (!own) break;
    await untilHeard([own], start);
    delays.push(own.heardAt - start);
  }
  const sorted = delays.toSorted((a, b) => a - b);
  return { p50: median(delays), p99: sorted[Math.floor(delays.length * 0.99)] ?? 0 };
}

async function untilHeard(streams: readonly Stream[], since: number): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (streams.some(({ heardAt }) => heardAt < since)) {
    if (performance.now() > deadline) throw new Error('Some streams were not told.');
    await sleep(2);
  }
}
