import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
  type Server,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { after, suite, test, type TestContext } from 'node:test';
import { makeAuthority } from '#test/certificates.ts';
import { createOutboundHttp, type OutboundHttp, type OutboundOptions } from './outbound-http.ts';

const never = new AbortController().signal;
const loopback = async () => ['127.0.0.1'];

/** A client of the test's own, which may reach this machine unless said. */
function client(t: TestContext, options: Partial<OutboundOptions> = {}): OutboundHttp {
  const made = createOutboundHttp({ allowPrivateAddresses: true, ...options });
  t.after(() => made.close());
  return made;
}

async function listening(
  t: TestContext,
  server: Server | ReturnType<typeof createTcpServer>,
): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listening(t, createServer(listener))}/hook`;
}

function post(http: OutboundHttp, url: string, body = '{"a":1}') {
  return http.post({ url, headers: { 'content-type': 'application/json' }, body, signal: never });
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

suite('a request to an address of somebody else', () => {
  test('is a POST with its headers and length, and its answer is given back', async (t) => {
    const seen: unknown[] = [];
    const url = await serve(t, (request, response) => void answer(request, response));
    const answer = async (request: IncomingMessage, response: ServerResponse) => {
      const { method, headers } = request;
      seen.push([
        method,
        headers['content-type'],
        headers['content-length'],
        headers['accept-encoding'],
        await textOf(request),
      ]);
      response.writeHead(202).end('thanks\u0000');
    };
    const { durationMs, ...given } = await post(client(t), url, '{"ä":1}');
    assert.deepEqual(given, { status: 202, body: 'thanks\uFFFD', contentType: null, failure: null });
    assert.ok(durationMs >= 0 && durationMs < 5_000);
    assert.deepEqual(seen, [['POST', 'application/json', '8', undefined, '{"ä":1}']]);
  });

  test('is a GET without a body where it reads, and tells of which type the answer is', async (t) => {
    const seen: unknown[] = [];
    const url = await serve(t, ({ method, headers }, response) => {
      seen.push([method, headers['content-length'], headers.accept]);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    const { signal } = new AbortController();
    const { durationMs: _, ...given } = await client(t).get({
      url,
      headers: { accept: 'text/plain' },
      signal,
    });
    assert.deepEqual(given, { status: 200, body: '{}', contentType: 'application/json', failure: null });
    assert.deepEqual(seen, [['GET', undefined, 'text/plain']]);
  });

  test('keeps its connection for the next, and is sent once more where the other side has closed it', async (t) => {
    const sockets = new Set<Socket>();
    const url = await serve(t, (request, response) => {
      sockets.add(request.socket);
      response.end('ok');
    });
    const http = client(t);
    await post(http, url);
    await post(http, url);
    assert.equal(sockets.size, 1, 'one connection serves both');
    for (const socket of sockets) socket.resetAndDestroy();
    // At once, before the reset is seen: the request meets a connection that is gone.
    assert.equal((await post(http, url)).status, 200);
  });

  test('follows no redirect', async (t) => {
    let requests = 0;
    const url = await serve(t, (_, response) => {
      requests += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    assert.equal((await post(client(t), url)).status, 307);
    assert.equal(requests, 1);
  });

  test('reads 64 kB of an answer at most, however long it is, and gives 10 kB back', async (t) => {
    let written = 0;
    const url = await serve(t, (_, response) => {
      const chunk = Buffer.alloc(65_536, 'x');
      const more = () => {
        while (written < 1e9) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      response.on('error', () => {});
      more();
    });
    const { status, body, failure } = await post(client(t), url);
    assert.deepEqual([status, body?.length, failure], [200, 10_240, null]);
    // What the buffers of both sides hold was written, too.
    assert.ok(written < 50e6, `${written} bytes were written`);
  });

  for (const [what, listener] of [
    ['does not answer', () => {}],
    ['sends headers and no end', (_, response) => void response.write('begun')],
    [
      'sends a byte now and then',
      (_, response) => {
        const timer = setInterval(() => response.write('.'), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ] as [string, RequestListener][]) {
    test(`ends in time where the other side ${what}`, async (t) => {
      const url = await serve(t, listener);
      const answer = await post(client(t, { timeoutMs: 200 }), url);
      assert.deepEqual(answer.failure, {
        code: 'timeout',
        message: 'There was no whole answer within 0.2 s.',
      });
      assert.ok(answer.durationMs < 2_000, `${answer.durationMs} ms`);
    });
  }

  test('ends in time where headers drip in, and where the name server does not answer', async (t) => {
    const port = await listening(
      t,
      createTcpServer((socket) => {
        socket.on('error', () => {}).write('HTTP/1.1 200 OK\r\n');
        const timer = setInterval(() => socket.write('x-more: 1\r\n'), 20);
        socket.on('close', () => clearInterval(timer));
      }),
    );
    const dripping = await post(client(t, { timeoutMs: 200 }), `http://127.0.0.1:${port}/`);
    assert.equal(dripping.failure?.code, 'timeout');
    const silent = client(t, { timeoutMs: 200, resolve: () => new Promise(() => {}) });
    assert.equal((await post(silent, 'http://hook.example/')).failure?.code, 'timeout');
  });

  test('is given up when its caller is', async (t) => {
    const url = await serve(t, () => {});
    const ending = new AbortController();
    const posted = client(t).post({ url, headers: {}, body: '', signal: ending.signal });
    setTimeout(() => ending.abort(new Error('stopping')), 20);
    await assert.rejects(posted, /stopping/);
  });

  test('fails with a reason where nobody listens, the name is unknown or the answer is no HTTP', async (t) => {
    const http = client(t);
    assert.equal((await post(http, 'http://127.0.0.1:1/')).failure?.code, 'connection_failed');
    const nameless = client(t, {
      resolve: () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' })),
    });
    assert.equal((await post(nameless, 'http://nowhere.example/')).failure?.code, 'name_not_found');
    const port = await listening(
      t,
      createTcpServer((socket) => socket.on('error', () => {}).end('SSH-2.0-x\r\n')),
    );
    assert.equal((await post(http, `http://127.0.0.1:${port}/`)).failure?.code, 'invalid_answer');
    const closing = await listening(
      t,
      createTcpServer((socket) => void socket.once('data', () => socket.end())),
    );
    assert.equal((await post(http, `http://127.0.0.1:${closing}/`)).failure?.code, 'connection_lost');
  });
});

suite('TLS of somebody else', () => {
  const authority = makeAuthority();
  const secure = async (t: TestContext, certificate: { cert: string; key: string }) =>
    listening(
      t,
      createTlsServer(certificate, (_, response) => response.end('ok')),
    );

  test('is accepted by an authority that is known, for the right host', async (t) => {
    const port = await secure(t, authority.issue('hook.example'));
    const http = client(t, { certificateAuthorities: authority.cert, resolve: loopback });
    assert.deepEqual((await post(http, `https://hook.example:${port}/`)).failure, null);
  });

  const past = { from: new Date(Date.now() - 2 * 86_400_000), until: new Date(Date.now() - 86_400_000) };
  for (const [what, certificate, authorities, message] of [
    [
      'of an unknown authority',
      authority.issue('hook.example'),
      undefined,
      /without the chain|authority that is not known/,
    ],
    ['signed by itself', authority, undefined, /signed by itself/],
    ['for another host', authority.issue('other.example'), authority.cert, /for another host/],
    ['that has expired', authority.issue('hook.example', past), authority.cert, /has expired/],
  ] as const) {
    test(`is refused with a clear reason where the certificate is one ${what}`, async (t) => {
      const port = await secure(t, { cert: certificate.cert, key: certificate.key });
      const http = client(t, {
        ...(authorities && { certificateAuthorities: authorities }),
        resolve: loopback,
      });
      const { failure } = await post(http, `https://hook.example:${port}/`);
      assert.equal(failure?.code, 'tls_failed');
      assert.match(failure?.message ?? '', message);
    });
  }

  test('that is none is told from a lost connection', async (t) => {
    const port = await listening(
      t,
      createServer(() => {}),
    );
    const { failure } = await post(client(t), `https://127.0.0.1:${port}/`);
    assert.equal(failure?.code, 'tls_failed');
  });
});

suite('a private address', () => {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    socket.on('error', () => {}).end();
  });
  server.listen(0, '127.0.0.1');
  after(() => server.close());
  const portOf = () => (server.address() as AddressInfo).port;
  const strict = { allowPrivateAddresses: false };

  for (const host of [
    '127.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0.0.0.0',
    '2130706433',
    '0x7f.1',
    'localhost',
    'a.localhost',
  ]) {
    test(`is refused as ${host}, and nothing connects`, async (t) => {
      const { failure } = await post(client(t, strict), `http://${host}:${portOf()}/`);
      assert.equal(failure?.code, 'address_refused');
      assert.equal(connections, 0);
    });
  }

  test('is refused behind a name, also beside a public one, and by TLS', async (t) => {
    for (const resolve of [loopback, async () => ['1.1.1.1', '::1'], async () => ['169.254.169.254']]) {
      for (const scheme of ['http', 'https']) {
        const { failure } = await post(
          client(t, { ...strict, resolve }),
          `${scheme}://hook.example:${portOf()}/`,
        );
        assert.equal(failure?.code, 'address_refused');
      }
    }
    assert.equal(connections, 0);
  });

  test('is reached where the settings allow it', async (t) => {
    const url = await serve(t, (_, response) => response.end());
    const http = client(t, { resolve: loopback });
    assert.equal((await post(http, url.replace('127.0.0.1', 'hook.example'))).status, 200);
  });
});
