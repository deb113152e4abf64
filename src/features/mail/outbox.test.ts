import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { after, before, suite, test } from 'node:test';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('mail without a mail server', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  const page = async (path: string) => {
    const answer = await fetch(server.address + path);
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };

  test('what would have been mailed stands in the outbox, as HTML that can do nothing and as text', async () => {
    assert.match((await page('/outbox')).text, /No mail has been written yet/);
    const { id: userId, email } = await server.registerStudent('Zoë <b>');
    await server.runJobs();
    assert.ok(!(await page('/outbox')).text.includes('Zoë'), 'no name of whom nobody knows yet');
    await server.open.deps.db
      .updateTable('app_user')
      .set({ email_verified_at: server.clock.now() })
      .where('id', '=', userId)
      .execute();
    await server.post('/auth/password-resets', { email });
    await server.runJobs();
    const list = await page('/outbox');
    assert.equal(list.status, 200);
    assert.match(
      list.headers.get('content-security-policy') ?? '',
      /^default-src 'none'; style-src 'sha256-/,
    );
    assert.ok(list.text.includes('Zoë &lt;b&gt;'), list.text);
    const id = /\/outbox\/([\w-]{36})/.exec(list.text)?.[1];
    assert.ok(id);
    const one = await page(`/outbox/${id}`);
    assert.match(one.text, /<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/);
    assert.match(one.text, /Hello Zoë &lt;b&gt;,/);
    const html = await page(`/outbox/${id}/html`);
    assert.match(html.headers.get('content-security-policy') ?? '', /^default-src 'none';.* sandbox /);
    assert.match(html.text, /<h1 [^>]*>Choose a new password<\/h1>/);
    assert.equal((await page('/outbox/0193a2b4-7c1d-7e55-9c11-2f6c0d4b8a77')).status, 404);
    assert.equal((await page('/outbox/..%2Fsecrets')).status, 404);
  });

  test('is shown neither in production, nor where a mail server is set', async () => {
    for (const environment of ['production', 'development'] as const) {
      const other = await startTestServer({
        databaseUrl: server.open.deps.config.databaseUrl ?? '',
        config: {
          environment,
          smtpHost: 'mail.example.edu',
          publicUrl: 'https://learn.example.edu',
          redisUrl: 'redis://127.0.0.1:1',
          emailFrom: 'learn@learn.example.edu',
          smtpUseTls: true,
          encryptionKey: 'q7Jx0m3Vt9ZLcYw1uRk5Pd8GhNfBsA2eTiOxUvK4yCE=',
        },
      });
      try {
        assert.equal((await fetch(`${other.address}/outbox`)).status, 404);
      } finally {
        await other.stop();
      }
    }
  });

  const statusBy = async (address: string, host: string) => {
    const { port, hostname } = new URL(address);
    const request = get({ hostname, port, path: '/outbox', headers: { host } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };

  test('is shown by the names of this machine alone, so that no page elsewhere reads it through a name of its own', async () => {
    const { port } = new URL(server.address);
    for (const host of ['localhost', `localhost:${port}`, '127.0.0.1', '[::1]:8000', `LOCALHOST:${port}`])
      assert.equal(await statusBy(server.address, host), 200, host);
    for (const host of ['evil.example', `evil.example:${port}`, 'localhost.evil.example', '0.0.0.0'])
      assert.equal(await statusBy(server.address, host), 404, host);
  });

  test('where others reach the machine it is shown only if OUTBOX_PAGE_ENABLED says so, and by the name of PUBLIC_URL too', async () => {
    const databaseUrl = server.open.deps.config.databaseUrl ?? '';
    for (const [outboxPageEnabled, status] of [
      [false, 404],
      [true, 200],
    ] as const) {
      const config = { host: '0.0.0.0', outboxPageEnabled, publicUrl: 'http://dev.example.edu:8000' };
      const other = await startTestServer({ databaseUrl, config });
      try {
        assert.equal(await statusBy(other.address, 'localhost'), status);
        assert.equal(await statusBy(other.address, 'dev.example.edu:8000'), status);
        assert.equal(await statusBy(other.address, 'evil.example'), 404);
      } finally {
        await other.stop();
      }
    }
  });
});
