import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import fastify from 'fastify';
import { test } from 'node:test';
import { useIdleSweep } from './idle-sweep.ts';
import type { App } from './types.ts';

test('a server that closes does not wait for the next request on a connection whose answer it was sending', async () => {
  const app = fastify({ forceCloseConnections: 'idle' }) as unknown as App;
  useIdleSweep(app);
  const body = new PassThrough();
  app.get('/', async (_, reply) => reply.send(body));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  body.write('begun');
  await once(socket, 'data');
  const startedAt = performance.now();
  const closed = app.close();
  // The sweep has looked by then, and has let it go on.
  setTimeout(() => body.end('ended'), 120);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  assert.match(chunk.toString(), /ended/);
  await closed;
  assert.ok(performance.now() - startedAt < 5_000);
});
