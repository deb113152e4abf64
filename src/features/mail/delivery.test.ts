import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import type { SmtpBehaviour } from '#test/smtp.ts';
import { startSmtpServer } from '#test/smtp.ts';
import { MailError } from '#platform/mail/mail-error.ts';
import { createMailTransport } from '#platform/mail/transport.ts';
import { makePeople, type People } from '#test/people.ts';
import { waitFor } from '#test/wait.ts';
import { queueMails } from './commands/queue-mails.ts';
import { sendMail } from './commands/send-mail.ts';
import { startMailSystem, type MailSystem } from './mail-testing.ts';

suite('how mail gets there', () => {
  let system: MailSystem;
  let people: People;
  // What the mail server does, for each test.
  const behaviour: SmtpBehaviour = {};
  before(async () => {
    system = await startMailSystem({
      onRecipient: (address) => behaviour.onRecipient?.(address) ?? 'take',
      onMessage: async (one) => (await behaviour.onMessage?.(one)) ?? 'take',
    });
    people = await makePeople(system.server);
  });
  beforeEach(() => {
    delete behaviour.onRecipient;
    delete behaviour.onMessage;
  });
  after(() => system.stop());

  const run = () => ({ isLastAttempt: false, signal: AbortSignal.timeout(20_000) });
  const queue = async (userId: string, cause: string): Promise<string> => {
    const { deps } = system.server.open;
    await queueMails(deps, [{ userId, kind: 'passwordChanged', cause, params: {} }]);
    const row = deps.db
      .selectFrom('mail')
      .select('id')
      .where('user_id', '=', userId)
      .where('cause', '=', cause);
    return (await row.executeTakeFirstOrThrow()).id;
  };
  /** As the worker does, without its pauses between tries; no worker runs here. */
  const send = async (id: string): Promise<void> => {
    for (let tries = 1; tries <= 5; tries += 1) {
      try {
        return await sendMail(system.server.open.deps, id, run());
      } catch (error) {
        assert.ok(error instanceof MailError, String(error));
      }
    }
    throw new Error('it was tried five times');
  };
  const sendNew = async (userId: string, cause: string): Promise<void> => send(await queue(userId, cause));
  const last = async (userId: string) => (await system.rows(userId)).at(-1) ?? assert.fail();
  const bouncedOf = async (userId: string) => {
    const path = `/admin/mail?state=bounced&userId=${userId}`;
    return (await system.server.get(path, people.admin.token)).body.items;
  };

  test('a mail that is greylisted, at the recipient and then at the end, arrives once', async () => {
    const person = await system.server.registerStudent();
    let asked = 0;
    behaviour.onRecipient = () => ((asked += 1) === 1 ? { code: 451, text: '4.7.1 Greylisted' } : 'take');
    let ended = 0;
    behaviour.onMessage = () => ((ended += 1) === 1 ? { code: 451, text: '4.3.0 Try again' } : 'take');
    await sendNew(person.id, 'greylisted');
    assert.equal(system.takenFor(person.email).length, 1);
    const { state, attempts } = await last(person.id);
    assert.deepEqual([state, attempts], ['sent', 3]);
  });

  test('a mail server that is down for a while gets it once it is back', async () => {
    const person = await system.server.registerStudent();
    const { deps } = system.server.open;
    const stopped = await startSmtpServer();
    await stopped.stop();
    const mail = createMailTransport({ ...deps.config, smtpPort: stopped.port });
    const id = await queue(person.id, 'down');
    await assert.rejects(sendMail({ ...deps, mail }, id, run()), /nobody listens there/);
    const { state, error } = await last(person.id);
    assert.deepEqual([state, error], ['queued', 'smtp_esocket']);
    await send(id);
    assert.equal(system.takenFor(person.email).length, 1);
    assert.equal((await last(person.id)).state, 'sent');
  });

  test('a server that takes the message and drops the connection gets it at most twice, as the same message', async () => {
    const person = await system.server.registerStudent();
    const before = system.smtp.received.length;
    behaviour.onMessage = () => 'drop';
    await sendNew(person.id, 'dropped');
    const copies = system.smtp.received.slice(before);
    assert.equal(copies.length, 2);
    assert.equal(new Set(copies.map(({ mail }) => mail.messageId)).size, 1);
    const { state, error } = await last(person.id);
    assert.equal(state, 'failed');
    assert.match(error ?? '', /^smtp_/);
  });

  test('where the connection is dropped once, the second copy is the last, and it counts as sent', async () => {
    const person = await system.server.registerStudent();
    let count = 0;
    behaviour.onMessage = () => ((count += 1) === 1 ? 'drop' : 'take');
    await sendNew(person.id, 'dropped once');
    assert.equal(count, 2);
    assert.equal((await last(person.id)).state, 'sent');
  });

  test('an address without a mailbox gets no more mail, until an admin lifts it or it is another address', async () => {
    const { server } = system;
    const person = await system.server.registerStudent();
    behaviour.onRecipient = () => ({ code: 550, text: '5.1.1 User unknown' });
    await sendNew(person.id, 'bounces');
    assert.deepEqual(await last(person.id), {
      kind: 'passwordChanged',
      state: 'bounced',
      error: 'smtp_550_5.1.1',
      attempts: 1,
    });
    const [bounced, ...others] = await bouncedOf(person.id);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [bounced.state, bounced.user.email, bounced.isAddressBlocked],
      ['bounced', person.email, true],
    );

    delete behaviour.onRecipient;
    await sendNew(person.id, 'after the bounce');
    assert.deepEqual(system.takenFor(person.email), []);
    assert.equal((await last(person.id)).error, 'bounced');

    const email = `other-${person.email}`;
    await server.patch(`/users/${person.id}`, { email }, people.admin.token);
    await sendNew(person.id, 'to another address');
    assert.ok(system.takenFor(email).some(({ mail }) => mail.subject === 'Your password was changed'));
    await server.patch(`/users/${person.id}`, { email: person.email }, people.admin.token);

    const retried = await server.post(`/admin/mail/${bounced.id}/retry`, {}, people.admin.token);
    assert.deepEqual([retried.status, retried.body.state], [200, 'queued'], retried.text);
    await send(bounced.id);
    assert.deepEqual(await bouncedOf(person.id), []);
    assert.equal(system.takenFor(person.email).length, 1);
  });

  test('a message that is refused for good is not tried again, and its address is not blamed', async () => {
    const person = await system.server.registerStudent();
    behaviour.onMessage = () => ({ code: 554, text: '5.7.1 This is spam' });
    await sendNew(person.id, 'refused');
    const { state, error, attempts } = await last(person.id);
    assert.deepEqual([state, error, attempts], ['failed', 'smtp_554_5.7.1', 1]);
    delete behaviour.onMessage;
    await sendNew(person.id, 'afterwards');
    assert.equal(system.takenFor(person.email).length, 1);
  });

  test('one cause is one mail, however often it is queued, and whoever sends it at the same time', async () => {
    const person = await system.server.registerStudent();
    const ids = await Promise.all([1, 2, 3].map(() => queue(person.id, 'once')));
    assert.equal(new Set(ids).size, 1);
    const { deps } = system.server.open;
    // None is handed over before each of them has looked at the mail.
    let looked = 0;
    behaviour.onRecipient = async () => {
      looked += 1;
      await waitFor('all have looked at the mail', () => looked >= ids.length);
      return 'take' as const;
    };
    const sending = ids.map((id) => sendMail(deps, id, run()).finally(() => (looked += 1)));
    await Promise.allSettled(sending);
    await send(ids[0] ?? '');
    assert.equal(system.takenFor(person.email).length, 1);
  });

  test('a mail whose last try fails is given up, and says so', async () => {
    const person = await system.server.registerStudent();
    behaviour.onRecipient = () => ({ code: 450, text: 'Later' });
    const id = await queue(person.id, 'given up');
    await sendMail(system.server.open.deps, id, { ...run(), isLastAttempt: true });
    const { state, error } = await last(person.id);
    assert.deepEqual([state, error], ['failed', 'smtp_450']);
  });
});
