import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import type { SmtpBehaviour } from '#test/smtp.ts';
import { startSmtpServer } from '#test/smtp.ts';
import { makePeople, type People } from '#test/people.ts';
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
    await system.runMails();
  });
  beforeEach(() => {
    delete behaviour.onRecipient;
    delete behaviour.onMessage;
  });
  after(() => system.stop());

  const queue = async (userId: string, cause: string) =>
    queueMails(system.server.open.deps, [{ userId, kind: 'passwordChanged', cause, params: {} }]);
  const fresh = async () => {
    const person = await system.server.registerStudent();
    await system.runMails();
    system.takenFor(person.email);
    return person;
  };
  const last = async (userId: string) => (await system.rows(userId)).at(-1) ?? assert.fail();
  const statusOf = async (path: string) => {
    const { body } = await system.server.get(path, people.admin.token);
    return body;
  };

  test('a mail that is greylisted, at the recipient and then at the end, arrives once', async () => {
    const person = await fresh();
    let asked = 0;
    behaviour.onRecipient = () => ((asked += 1) === 1 ? { code: 451, text: '4.7.1 Greylisted' } : 'take');
    let ended = 0;
    behaviour.onMessage = () => ((ended += 1) === 1 ? { code: 451, text: '4.3.0 Try again' } : 'take');
    await queue(person.id, 'greylisted');
    await system.runMails();
    assert.equal(system.takenFor(person.email).length, 1);
    const { state, attempts } = await last(person.id);
    assert.deepEqual([state, attempts], ['sent', 3]);
  });

  test('a mail server that is down for a while gets it once it is back', async () => {
    const person = await fresh();
    const { deps } = system.server.open;
    const config = { ...deps.config, smtpPort: 1 };
    const { createMailTransport } = await import('#platform/mail/transport.ts');
    const mail = createMailTransport(config);
    await queue(person.id, 'down');
    // By a worker that cannot reach it, before the one that can.
    const { rows } = await waitingMail(person.id);
    await assert
      .rejects(
        sendMail({ ...deps, mail }, rows[0]?.id ?? '', {
          isLastAttempt: false,
          signal: AbortSignal.timeout(9_000),
        }),
        /cannot be reached/,
      )
      .catch((error: unknown) => {
        // The worker of this test may have been quicker.
        if (rows.length > 0) throw error;
      });
    mail.close();
    await system.runMails();
    assert.equal(system.takenFor(person.email).length, 1);
    assert.equal((await last(person.id)).state, 'sent');
  });

  test('a server that takes the message and drops the connection gets it at most twice, as the same message', async () => {
    const person = await fresh();
    const before = system.smtp.received.length;
    behaviour.onMessage = () => 'drop';
    await queue(person.id, 'dropped');
    await system.runMails();
    const copies = system.smtp.received.slice(before);
    assert.equal(copies.length, 2);
    assert.equal(new Set(copies.map(({ mail }) => mail.messageId)).size, 1);
    const { state, error } = await last(person.id);
    assert.equal(state, 'failed');
    assert.match(error ?? '', /^smtp_/);
  });

  test('where the connection is dropped once, the second copy is the last, and it counts as sent', async () => {
    const person = await fresh();
    let count = 0;
    behaviour.onMessage = () => ((count += 1) === 1 ? 'drop' : 'take');
    await queue(person.id, 'dropped once');
    await system.runMails();
    assert.equal(count, 2);
    assert.equal((await last(person.id)).state, 'sent');
  });

  test('an address without a mailbox gets no more mail, until an admin lifts it or it is another address', async () => {
    const { server } = system;
    const person = await fresh();
    behaviour.onRecipient = () => ({ code: 550, text: '5.1.1 User unknown' });
    await queue(person.id, 'bounces');
    await system.runMails();
    assert.deepEqual(await last(person.id), {
      kind: 'passwordChanged',
      state: 'bounced',
      error: 'smtp_550_5.1.1',
      attempts: 1,
    });
    const { items } = await statusOf(`/admin/mail?state=bounced&userId=${person.id}`);
    assert.equal(items.length, 1);
    const { state, user, isAddressBlocked } = items[0];
    assert.deepEqual([state, user.email, isAddressBlocked], ['bounced', person.email, true]);

    delete behaviour.onRecipient;
    await queue(person.id, 'after the bounce');
    await system.runMails();
    assert.deepEqual(system.takenFor(person.email), []);
    assert.equal((await last(person.id)).error, 'bounced');

    const email = `other-${person.email}`;
    await server.patch(`/users/${person.id}`, { email }, people.admin.token);
    await queue(person.id, 'to another address');
    await system.runMails();
    assert.ok(system.takenFor(email).some(({ mail }) => mail.subject === 'Your password was changed'));
    await server.patch(`/users/${person.id}`, { email: person.email }, people.admin.token);

    const retried = await server.post(`/admin/mail/${items[0].id}/retry`, {}, people.admin.token);
    assert.deepEqual([retried.status, retried.body.state], [200, 'queued'], retried.text);
    await system.runMails();
    assert.equal((await statusOf(`/admin/mail?state=bounced&userId=${person.id}`)).items.length, 0);
    assert.ok(system.takenFor(person.email).length > 0);
  });

  test('a message that is refused for good is not tried again, and its address is not blamed', async () => {
    const person = await fresh();
    behaviour.onMessage = () => ({ code: 554, text: '5.7.1 This is spam' });
    await queue(person.id, 'refused');
    await system.runMails();
    const { state, error, attempts } = await last(person.id);
    assert.deepEqual([state, error, attempts], ['failed', 'smtp_554_5.7.1', 1]);
    delete behaviour.onMessage;
    await queue(person.id, 'afterwards');
    await system.runMails();
    assert.equal(system.takenFor(person.email).length, 1);
  });

  test('one cause is one mail, however often it is queued and sent, at the same time too', async () => {
    const person = await fresh();
    await Promise.all([1, 2, 3].map(() => queue(person.id, 'once')));
    await system.runMails();
    const { deps } = system.server.open;
    const { id } = await deps.db
      .selectFrom('mail')
      .select('id')
      .where('cause', '=', 'once')
      .executeTakeFirstOrThrow();
    await deps.db.updateTable('mail').set({ state: 'queued', sent_at: null }).where('id', '=', id).execute();
    const run = { isLastAttempt: false, signal: AbortSignal.timeout(9_000) };
    await Promise.allSettled([1, 2, 3].map(() => sendMail(deps, id, run)));
    // The one of before, and one of three that were sent together.
    assert.equal(system.takenFor(person.email).length, 2);
  });

  test('a mail whose last try fails is given up, and said so', async () => {
    const person = await fresh();
    const { deps } = system.server.open;
    const other = await startSmtpServer();
    await other.stop();
    await queue(person.id, 'given up');
    await system.runMails();
    const { id } = await deps.db
      .selectFrom('mail')
      .select('id')
      .where('cause', '=', 'given up')
      .executeTakeFirstOrThrow();
    await deps.db.updateTable('mail').set({ state: 'queued', sent_at: null }).where('id', '=', id).execute();
    behaviour.onRecipient = () => ({ code: 450, text: 'Later' });
    await sendMail(deps, id, { isLastAttempt: true, signal: AbortSignal.timeout(9_000) });
    const { state, error } = await last(person.id);
    assert.deepEqual([state, error], ['failed', 'smtp_450']);
  });

  function waitingMail(userId: string) {
    return system.server.open.deps.db
      .selectFrom('mail')
      .select('id')
      .where('user_id', '=', userId)
      .where('state', '=', 'queued')
      .execute()
      .then((rows) => ({ rows }));
  }
});
