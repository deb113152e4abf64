import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDeps } from '#app/deps.ts';
import { lessonCompleted } from '#features/progress/events.ts';
import { loadConfig } from '#platform/config/config.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/log.ts';
import { createClient } from '#test/client.ts';
import { ok } from '#test/loop.ts';
import { keys, startRole, type Bench } from './environment.ts';
import { addPerson, type World } from './seed.ts';

export type WebhookFigures = { deliveries: number; perSecond: number };

/** Publishes events and waits until a receiver on this machine has a delivery of each. */
export async function measureWebhooks(
  bench: Bench,
  databaseUrl: string,
  world: World,
  count: number,
): Promise<WebhookFigures> {
  const env = { WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: 'true' };
  const receiver = await receive();
  const api = await startRole(bench, 'api', databaseUrl, env);
  const admin = await addPerson(databaseUrl, 'admin');
  const url = `http://127.0.0.1:${receiver.port}/`;
  const webhook = { url, events: [lessonCompleted.type] };
  await ok(createClient(`${api.url}/api/v1`).post('/webhooks', webhook, admin), 201);
  await publish(databaseUrl, world, count);
  // All are there before the first is sent: what is measured is the sending.
  const start = performance.now();
  const worker = await startRole(bench, 'worker', databaseUrl, env);
  const deadline = Date.now() + 120_000;
  while (receiver.ids.size < count && Date.now() < deadline) await sleep(5);
  if (receiver.ids.size < count)
    throw new Error(`Of ${count} events only ${receiver.ids.size} were delivered.`);
  const seconds = (performance.now() - Math.max(start, receiver.firstAt())) / 1_000;
  await worker.stop();
  await api.stop();
  receiver.close();
  return { deliveries: count, perSecond: count / seconds };
}

async function receive() {
  const ids = new Set<string>();
  let firstAt = 0;
  const server = createServer((request, response) => {
    firstAt ||= performance.now();
    ids.add(String(request.headers['webhook-id']));
    request.resume();
    request.on('end', () => response.writeHead(204).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ids,
    port: (server.address() as AddressInfo).port,
    firstAt: () => firstAt,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function publish(databaseUrl: string, world: World, count: number): Promise<void> {
  const { config } = loadConfig({
    env: { ...keys, ENVIRONMENT: 'test', DATABASE_URL: databaseUrl },
    cwd: process.cwd(),
  });
  const log = createLogger({ level: 'warn', service: 'bench', version: 'bench' });
  const open = openDeps({ config, databaseUrl, log, role: 'api' });
  await open.engine.start();
  const { deps } = open;
  const [learner] = world.learners;
  if (!learner) throw new Error('There is no learner.');
  const data = { userId: learner.userId, courseId: world.course.id, enrollmentId: learner.enrollmentId };
  for (let done = 0; done < count; done += 100) {
    const facts = Array.from({ length: 100 }, () =>
      fact(lessonCompleted, learner.userId, new Date(), { ...data, lessonId: newId() }),
    );
    await inTransaction(deps.db, (tx) => deps.events.publish(tx, ...facts));
  }
  await open.close();
}
