import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { suite, test } from 'node:test';
import { startTestServer } from '#test/server.ts';
import { startSmtpServer } from '#test/smtp.ts';
import { waitFor } from '#test/wait.ts';
import { checkMailServer } from './server-check.ts';

const at = (smtpPort: number) => ({ smtpHost: '127.0.0.1', smtpPort, smtpUseSsl: false });

suite('the check of the mail server', () => {
  test('is fine with one that greets, and names what hinders with one that does not', async (t) => {
    const server = await startSmtpServer({}, t);
    await checkMailServer(at(server.port));
    await server.stop();
    await assert.rejects(checkMailServer(at(server.port)), {
      message: /nobody listens there; check SMTP_HOST/,
    });
    const busy = createServer((socket) => socket.end('421 Too many connections\r\n')).listen(0, '127.0.0.1');
    await once(busy, 'listening');
    t.after(() => busy.close());
    const { port } = busy.address() as { port: number };
    await assert.rejects(checkMailServer(at(port)), { code: 'smtp_421' });
  });

  test('ready is degraded and 200 while no mail can go out, and says so once in the log', async (t) => {
    const smtp = await startSmtpServer();
    await smtp.stop();
    const server = await startTestServer({
      env: { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(smtp.port), EMAIL_FROM: 'a@example.com' },
    });
    t.after(() => server.stop());
    let answer = await server.get('/ready');
    await waitFor('mail fails', async () => {
      answer = await server.get('/ready');
      return answer.body.checks.mail.status === 'failed';
    });
    assert.deepEqual([answer.status, answer.body.status], [200, 'degraded']);
    const lines = server.log.filter(({ message }) => String(message).startsWith('the mail server cannot'));
    assert.equal(lines.length, 1);
    assert.match(JSON.stringify(lines), /nobody listens there/);
  });
});
