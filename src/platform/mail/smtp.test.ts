import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { after, before, suite, test, type TestContext } from 'node:test';
import tls from 'node:tls';
import { loadConfig, type Config } from '#platform/config/config.ts';
import { describeError } from '#platform/log.ts';
import { makeAuthority } from '#test/certificates.ts';
import { startSmtpServer, type SmtpBehaviour, type SmtpServer } from '#test/smtp.ts';
import { compose } from './compose.ts';
import { MailError } from './mail-error.ts';
import type { Message } from './message.ts';
import { openSmtp } from './smtp.ts';

const authority = makeAuthority();
const certificate = authority.issue(['localhost', '127.0.0.1']);
const login = { username: 'mailer', password: 'seven-Herrings' };

const message: Message = {
  id: '0193a2b4-7c1d-7e55-9c11-2f6c0d4b8a77',
  messageId: '<0193a2b4-7c1d-7e55-9c11-2f6c0d4b8a77@learn.example.edu>',
  to: { name: 'Zoë', address: 'zoe@example.com' },
  subject: 'Grüße',
  text: 'Hello\n',
  html: '<p>Hello</p>',
  headers: {},
  date: new Date('2026-11-25T10:00:00Z'),
};

suite('mail by SMTP', () => {
  const trusted = tls.getCACertificates();
  before(() => tls.setDefaultCACertificates([...trusted, authority.cert]));
  after(() => tls.setDefaultCACertificates(trusted));

  test('STARTTLS and a login; one connection carries several mails', async (t) => {
    const server = await startSmtpServer(withLogin(), t);
    const send = sender(t, server, { SMTP_USE_TLS: 'true', ...loginEnv });
    await send();
    await send();
    assert.equal(server.taken.length, 2);
    assert.ok(server.taken.every(({ isSecure, user }) => isSecure && user === login.username));
    assert.equal(server.connections(), 1);
    const { mail, to } = server.taken[0] ?? assert.fail();
    assert.equal(to, 'zoe@example.com');
    assert.deepEqual(
      [mail.messageId, mail.subject, mail.text?.trim(), mail.date?.toISOString()],
      [message.messageId, 'Grüße', 'Hello', '2026-11-25T10:00:00.000Z'],
    );
    assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
  });

  test('TLS from the first byte', async (t) => {
    const server = await startSmtpServer({ ...withLogin(), secure: true }, t);
    await sender(t, server, { SMTP_USE_SSL: 'true', ...loginEnv })();
    assert.ok(server.taken[0]?.isSecure);
  });

  test('nothing is sent to a server that nobody vouches for, or that has no TLS where it is asked for', async (t) => {
    const other = makeAuthority().issue('127.0.0.1');
    for (const behaviour of [{ ...other }, {}]) {
      const server = await startSmtpServer(behaviour, t);
      const error = await failureOf(sender(t, server, { SMTP_USE_TLS: 'true' })());
      assert.equal(error.failure, 'temporary', error.code);
      assert.match(error.message, 'key' in behaviour ? /vouches for its certificate/ : /TLS fails/);
      assert.equal(server.received.length, 0);
    }
  });

  test('a login that is refused is tried again later, and names no password', async (t) => {
    const server = await startSmtpServer(withLogin(), t);
    const wrong = { SMTP_USERNAME: 'mailer', SMTP_PASSWORD: 'eight-Herrings', SMTP_USE_TLS: 'true' };
    const error = await failureOf(sender(t, server, wrong)());
    assert.deepEqual([error.failure, error.code], ['temporary', 'smtp_535']);
    assert.match(error.message, /it refuses our login; check SMTP_USERNAME and SMTP_PASSWORD$/);
    assert.doesNotMatch(`${error.message} ${String(error.stack)}`, /Herrings/);
  });

  const answers = [
    { at: 'onRecipient', code: 550, text: 'No such user here', failure: 'undeliverable' },
    { at: 'onRecipient', code: 550, text: '5.1.1 User unknown', failure: 'undeliverable' },
    { at: 'onRecipient', code: 550, text: 'relay not permitted', failure: 'refused' },
    { at: 'onRecipient', code: 550, text: '5.7.1 Rejected by policy', failure: 'refused' },
    { at: 'onRecipient', code: 552, text: '5.2.2 Mailbox full', failure: 'refused' },
    { at: 'onRecipient', code: 451, text: '4.7.1 Greylisted', failure: 'temporary' },
    { at: 'onMessage', code: 451, text: 'Try again', failure: 'temporary' },
    { at: 'onMessage', code: 554, text: '5.7.1 This is spam', failure: 'refused' },
    { at: 'onMessage', code: 550, text: '5.1.1 No such user', failure: 'undeliverable' },
  ] as const;
  for (const { at, code, text, failure } of answers) {
    test(`${code} ${text} (${at}) is ${failure}`, async (t) => {
      const server = await startSmtpServer({ [at]: () => ({ code, text }) }, t);
      const error = await failureOf(sender(t, server)());
      assert.equal(error.failure, failure, error.code);
      assert.match(error.code, new RegExp(`^smtp_${code}`));
    });
  }

  test('a connection that ends before the answer leaves it open, and the message is not sent again by itself', async (t) => {
    const server = await startSmtpServer({ onMessage: () => 'drop' }, t);
    const error = await failureOf(sender(t, server)());
    assert.equal(error.failure, 'unanswered', error.code);
    assert.equal(server.received.length, 1);
  });

  test('a server that is not there, and one that says nothing, are tried again later', async (t) => {
    const gone = await startSmtpServer();
    await gone.stop();
    const refused = await failureOf(sender(t, gone)());
    assert.equal(refused.failure, 'temporary', refused.code);
    assert.equal(
      refused.message,
      `127.0.0.1:${gone.port}: nobody listens there; check SMTP_HOST and SMTP_PORT`,
    );
    const nameless = await failureOf(sender(t, { port: 587 }, { SMTP_HOST: 'nomail.invalid' })());
    assert.equal(nameless.message, 'nomail.invalid:587: name not found; check SMTP_HOST');
    assert.equal(describeError(nameless).stack, undefined);
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    t.after(() => silent.close());
    const { port } = silent.address() as { port: number };
    const late = await failureOf(sender(t, { port })());
    assert.deepEqual([late.failure, late.code], ['temporary', 'smtp_etimedout']);
    assert.match(late.message, /^127\.0\.0\.1:\d+: no answer in time; check SMTP_HOST/);
  });

  test('nothing of the message leaves where recording the hand-over fails', async (t) => {
    const server = await startSmtpServer({}, t);
    const error = await failureOf(
      sender(t, server)(message, () => Promise.reject(new MailError('temporary', 'planted', 'Planted.'))),
    );
    assert.equal(error.failure, 'temporary');
    assert.equal(server.received.length, 0);
  });

  test('header injection: names and titles cannot begin a header, nor pretend to be encoded', async (t) => {
    const server = await startSmtpServer({}, t);
    const name = 'Eve\r\nBcc: all@example.com\r\n\r\nHi =?utf-8?Q?=0AX-Worse:_yes?=';
    const subject = 'A course\nX-Evil: yes\u2028Z =?utf-8?Q?=0D=0AX-Worse:_yes?=';
    await sender(t, server)({ ...message, to: { name, address: 'eve@example.com' }, subject });
    const { raw, mail } = server.taken[0] ?? assert.fail();
    const head = raw.split('\r\n\r\n')[0] ?? '';
    assert.doesNotMatch(head, /^(?:Bcc|X-Evil|X-Worse):/im);
    assert.equal(mail.subject, 'A course X-Evil: yes Z = ?utf-8?Q?=0D=0AX-Worse:_yes?=');
    assert.deepEqual(
      [mail.to].flat().map((to) => to?.value[0]),
      [{ name: 'Eve Bcc: all@example.com Hi = ?utf-8?Q?=0AX-Worse:_yes?=', address: 'eve@example.com' }],
    );
    assert.equal(mail.bcc, undefined);
  });
});

const loginEnv = { SMTP_USERNAME: login.username, SMTP_PASSWORD: login.password };

function withLogin(): SmtpBehaviour {
  return {
    ...certificate,
    authOptional: false,
    onAuth({ username, password }, _session, callback) {
      if (username === login.username && password === login.password) callback(null, { user: username });
      else callback(new Error('Invalid login'));
    },
  };
}

/** Sends by a pool of its own, which ends with the test. */
function sender(t: TestContext, { port }: Pick<SmtpServer, 'port'>, env: Record<string, string> = {}) {
  const config: Config = loadConfig({
    env: {
      ENVIRONMENT: 'test',
      DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(port),
      EMAIL_FROM: 'Academy <learn@learn.example.edu>',
      ...env,
    },
    cwd: import.meta.dirname,
  }).config;
  const smtp = openSmtp(config, { connectMs: 1_000, answerMs: 5_000 });
  t.after(() => smtp.close());
  return async (sent: Message = message, onHandOver: () => Promise<void> = async () => {}) =>
    smtp.send(
      { to: sent.to.address, bytes: await compose(config, sent) },
      { onHandOver, signal: AbortSignal.timeout(20_000) },
    );
}

async function failureOf(sending: Promise<void>): Promise<MailError> {
  try {
    await sending;
  } catch (error) {
    assert.ok(error instanceof MailError, String(error));
    return error;
  }
  throw new Error('it was sent');
}
