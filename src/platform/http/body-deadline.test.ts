import assert from 'node:assert/strict';
import { connect, type AddressInfo } from 'node:net';
import { suite, test, type TestContext } from 'node:test';
import fastify from 'fastify';
import { useBodyDeadline } from './body-deadline.ts';
import { createUnreadableRefusal } from './unreadable-request.ts';

async function startServer(t: TestContext): Promise<number> {
  const app = fastify({ requestTimeout: 60_000 });
  useBodyDeadline(app, 200, createUnreadableRefusal({}));
  app.post('/usual', async () => 'done');
  app.post('/upload', { config: { isUpload: true } }, async () => 'done');
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  return (app.server.address() as AddressInfo).port;
}

/** Sends a body half, and the rest after a while; all that came back. */
function sendSlowly(port: number, path: string, restAfterMs: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 4\r\nconnection: close\r\n\r\n{`,
  );
  const rest = setTimeout(() => socket.write(' } '), restAfterMs);
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(rest);
      resolve(text);
    });
  });
}

suite('a body that does not come', () => {
  test('is answered 408 when its time is over, and the connection is closed', async (t) => {
    const answer = await sendSlowly(await startServer(t), '/usual', 5_000);
    assert.match(answer, /^HTTP\/1\.1 408 /);
    assert.match(answer, /application\/problem\+json/);
  });

  test('in time is served; an upload has a time of its own', async (t) => {
    const port = await startServer(t);
    assert.match(await sendSlowly(port, '/usual', 50), /^HTTP\/1\.1 200 /);
    assert.match(await sendSlowly(port, '/upload', 400), /^HTTP\/1\.1 200 /);
  });
});
