import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { after, before, suite, test } from 'node:test';
import { loadConfig } from '#platform/config/config.ts';
import { createLocalStore } from '#platform/files/local-store.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { waitFor } from '#test/wait.ts';
import { createApp } from './app.ts';
import { sendFile, type SentFile } from './send-file.ts';
import type { App } from './types.ts';

suite('a stored file over HTTP', () => {
  const content = randomBytes(1_000);
  // More than the buffers on the way hold.
  const large = Buffer.alloc(64 * 1024 * 1024, 7);
  const folder = mkdtempSync(path.join(tmpdir(), 'lms-send-file-'));
  const log = createLogger({ level: 'silent', service: 'test', version: 'test' });
  const store = createLocalStore({ folder, log });
  const etag = `"${createHash('sha256').update(content).digest('base64url')}"`;
  let app: App;
  let address = '';
  let opened: Readable[] = [];

  before(async () => {
    const { config } = loadConfig({
      env: {
        ENVIRONMENT: 'test',
        DATABASE_URL: 'postgresql://localhost/none',
        SECRET_KEY: randomBytes(32).toString('hex'),
      },
      cwd: folder,
      overrides: { rateLimitsEnabled: false },
    });
    app = await createApp({
      config,
      log,
      metrics: createMetrics(),
      authenticate: () => Promise.reject(new Error('nobody signs in here')),
      redis: null,
      idempotency: {} as never,
    });
    const serve = async (route: string, bytes: Buffer, more: Partial<SentFile> = {}) => {
      const key = `files${route}`;
      const stored = await store.put(key, Readable.from([bytes]), { contentType: 'image/svg+xml' });
      const file: SentFile = {
        ...stored,
        contentType: 'image/svg+xml',
        fileName: 'Скат "1".svg',
        fallbackName: 'file.svg',
        disposition: 'inline',
        async open(range) {
          const stream = await store.read(key, range);
          opened.push(stream);
          return stream;
        },
        ...more,
      };
      app.get(route, { config: { access: 'public' } }, (request, reply) => sendFile(request, reply, file));
    };
    await serve('/small', content);
    await serve('/empty', Buffer.alloc(0));
    await serve('/large', large);
    await serve('/pdf', content, { contentType: 'application/pdf', disposition: 'attachment' });
    await serve('/elsewhere', content, { address: async () => 'https://store.example/files/1?sig=x' });
    await serve('/lost', content, { open: () => Promise.reject(new Error('lost')) });
    address = await app.listen({ host: '127.0.0.1', port: 0 });
  });
  after(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  const get = async (route: string, headers: Record<string, string> = {}, method = 'GET') => {
    const answer = await fetch(address + route, { method, headers, redirect: 'manual' });
    const body = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, body, of: (name: string) => answer.headers.get(name) };
  };

  test('is given whole, with what a browser must know to keep it and to run nothing of it', async () => {
    const { status, body, of } = await get('/small');
    assert.equal(status, 200);
    assert.deepEqual(body, content);
    assert.deepEqual(
      [
        'content-length',
        'content-type',
        'etag',
        'accept-ranges',
        'cache-control',
        'x-content-type-options',
      ].map(of),
      ['1000', 'image/svg+xml', etag, 'bytes', 'private, no-cache', 'nosniff'],
    );
    assert.match(of('content-disposition') ?? '', /^inline; filename="file\.svg"; filename\*=UTF-8''%D0%A1/);
    assert.match(of('content-security-policy') ?? '', /default-src 'none'.*; sandbox$/);
    const pdf = await get('/pdf');
    assert.match(pdf.of('content-disposition') ?? '', /^attachment; /);
    assert.match(pdf.of('content-security-policy') ?? '', /^default-src 'none'(?!.*sandbox)/);
  });

  test('is given in the part that is asked for', async () => {
    for (const [range, start, end] of [
      ['bytes=0-9', 0, 9],
      ['bytes=990-', 990, 999],
      ['bytes=-1', 999, 999],
      ['bytes=500-9999', 500, 999],
    ] as const) {
      const { status, body, of } = await get('/small', { range });
      assert.equal(status, 206);
      assert.deepEqual(body, content.subarray(start, end + 1), range);
      assert.equal(of('content-range'), `bytes ${start}-${end}/1000`);
      assert.equal(of('content-length'), String(end - start + 1));
      assert.equal(of('etag'), etag);
    }
  });

  test('is given whole where several ranges, or none that can be read, are asked for', async () => {
    for (const range of ['bytes=0-1,5-6', 'bytes=9-1', 'lines=1-2', 'nonsense']) {
      const { status, body } = await get('/small', { range });
      assert.deepEqual([status, body.length], [200, 1_000], range);
    }
  });

  test('a range behind its end is a problem of 416 that says how long it is', async () => {
    for (const [route, range, size] of [
      ['/small', 'bytes=1000-', 1_000],
      ['/empty', 'bytes=0-', 0],
    ] as const) {
      const { status, body, of } = await get(route, { range });
      assert.equal(status, 416);
      assert.equal(of('content-range'), `bytes */${size}`);
      assert.equal(JSON.parse(body.toString()).code, 'range_not_satisfiable');
    }
  });

  test('goes on where a download was cut off only if it is still the same file', async () => {
    const range = 'bytes=10-19';
    assert.equal((await get('/small', { range, 'if-range': etag })).status, 206);
    for (const other of ['"other"', `W/${etag}`, 'Wed, 25 Nov 2026 00:00:00 GMT'])
      assert.equal((await get('/small', { range, 'if-range': other })).status, 200, other);
    // A range that would be refused counts for nothing, too.
    assert.equal((await get('/small', { range: 'bytes=5000-', 'if-range': '"other"' })).status, 200);
  });

  test('is not sent again to whoever has it', async () => {
    opened = [];
    for (const known of [etag, `W/${etag}`, `"a", ${etag}`, '*']) {
      const { status, body, of } = await get('/small', { 'if-none-match': known, range: 'bytes=0-1' });
      assert.deepEqual([status, body.length, of('etag')], [304, 0, etag], known);
    }
    assert.equal((await get('/small', { 'if-none-match': etag }, 'HEAD')).status, 304);
    assert.equal(opened.length, 0);
    assert.equal((await get('/small', { 'if-none-match': '"other"' })).status, 200);
  });

  test('HEAD gives the headers of the whole file and reads none of it', async () => {
    opened = [];
    const { status, body, of } = await get('/small', { range: 'bytes=0-1' }, 'HEAD');
    assert.deepEqual([status, body.length, of('content-length'), of('etag')], [200, 0, '1000', etag]);
    assert.equal(of('content-type'), 'image/svg+xml');
    assert.equal(opened.length, 0);
  });

  test('an empty file is an answer, too', async () => {
    const { status, body, of } = await get('/empty');
    assert.deepEqual([status, body.length, of('content-length')], [200, 0, '0']);
  });

  test('is had from the store where that gives an address, which nobody keeps', async () => {
    opened = [];
    const { status, of } = await get('/elsewhere');
    assert.deepEqual([status, of('location')], [302, 'https://store.example/files/1?sig=x']);
    assert.equal(of('cache-control'), 'private, no-store');
    assert.equal(opened.length, 0);
  });

  test('a failure to open it is an answer of its own, without headers of the file', async () => {
    const { status, body, of } = await get('/lost');
    assert.equal(status, 500);
    assert.deepEqual([of('etag'), of('content-disposition'), of('accept-ranges')], [null, null, null]);
    assert.equal(JSON.parse(body.toString()).code, 'internal');
  });

  test('a client that goes away ends the reading: no descriptor stays open', async () => {
    opened = [];
    const { hostname, port } = new URL(address);
    const isOpen = () =>
      readdirSync('/proc/self/fd').some((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path.join(folder, 'files'));
        } catch {
          return false;
        }
      });
    for (const afterBytes of [0, 1, 500_000]) {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.write('GET /large HTTP/1.1\r\nhost: x\r\n\r\n');
      let received = 0;
      while (received < afterBytes) received += ((await once(socket, 'data')) as [Buffer])[0].length;
      if (process.platform === 'linux' && received > 0) assert.equal(isOpen(), true);
      socket.destroy();
    }
    await waitFor('all three were opened', async () => opened.length === 3);
    await waitFor('all are closed', async () => opened.every(({ closed }) => closed));
    if (process.platform === 'linux') assert.equal(isOpen(), false);
    assert.equal((await get('/large', { range: 'bytes=-5' })).body.length, 5);
  });
});
