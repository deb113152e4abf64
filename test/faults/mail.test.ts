import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import pg from 'pg';
import { createClient } from '#test/client.ts';
import { makeSystem } from '#test/faults/system.ts';
import { startProgram } from '#test/program.ts';
import { startSmtpServer, type Answer, type SmtpServer } from '#test/smtp.ts';
import { waitFor } from '#test/wait.ts';

/** Long enough for a worker that died to be noticed, and for a try to be made again. */
const patienceMs = 60_000;

function smtpEnv({ port }: Pick<SmtpServer, 'port'>) {
  return { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(port), EMAIL_FROM: 'learn@learn.example.edu' };
}

suite('mail', () => {
  test('of a worker killed by kill -9 before the mail server answered is one mail, sent by the next', async (t) => {
    const { env, api: program } = await makeSystem(t);
    const api = createClient(program.baseUrl);
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let arrivals = 0;
    const smtp = await startSmtpServer(
      {
        // It has the whole message and keeps its answer back from the worker that is about to die.
        onMessage: async ({ to }): Promise<Answer> => {
          if (to === person.email && (arrivals += 1) === 1) await held;
          return 'take';
        },
      },
      t,
    );
    t.after(() => release());
    const first = await startProgram(t, ['worker', '--queues=emails'], { env: { ...env, ...smtpEnv(smtp) } });
    const person = { email: '' };
    const registered = await api.registerStudent();
    person.email = registered.email;
    await waitFor('the message arrives', () => arrivals === 1, patienceMs);
    assert.deepEqual(await mailsOf(env.DATABASE_URL, registered.id), [
      { state: 'sending', attempts: 1, unanswered: 1 },
    ]);
    await first.kill();
    release();
    await startProgram(t, ['worker', '--queues=emails'], { env: { ...env, ...smtpEnv(smtp) } });
    const isSent = async () =>
      (await mailsOf(env.DATABASE_URL, registered.id)).every(({ state }) => state === 'sent');
    await waitFor('the mail is sent', isSent, patienceMs);
    const copies = smtp.received.filter(({ to }) => to === registered.email);
    // What is left of the risk: the dead worker's copy may have arrived, too. Both are the same message.
    assert.equal(copies.length, 2);
    assert.equal(new Set(copies.map(({ mail }) => mail.messageId)).size, 1);
    assert.deepEqual(await mailsOf(env.DATABASE_URL, registered.id), [
      { state: 'sent', attempts: 2, unanswered: 2 },
    ]);
    await assertNoJobIsLeft(env.DATABASE_URL);
  });

  test('queued while the mail server was away, refused and greylisted, arrives once, and none is lost', async (t) => {
    const { env, api: program } = await makeSystem(t);
    const api = createClient(program.baseUrl);
    const gone = await startSmtpServer();
    await gone.stop();
    await startProgram(t, ['worker', '--queues=emails'], { env: { ...env, ...smtpEnv(gone) } });
    const people = await Promise.all(
      Array.from({ length: 10 }, (_, index) => api.registerStudent(`P ${index}`)),
    );
    // Those of the people above, the admin's and the teacher's.
    const mailsIn = async (where: string): Promise<number> =>
      (await query(env.DATABASE_URL, `select from mail where ${where}`)).length;
    const total = people.length + 2;
    await waitFor(
      'each was tried in vain',
      async () => (await mailsIn(`attempts > 0 and state = 'queued'`)) === total,
      patienceMs,
    );
    const greylisted = new Set<string>();
    const smtp = await startSmtpServer(
      {
        port: gone.port,
        onRecipient: (address) => {
          if (greylisted.has(address)) return 'take';
          greylisted.add(address);
          return { code: 451, text: '4.7.1 Greylisted, try again' };
        },
      },
      t,
    );
    await waitFor('all are sent', async () => (await mailsIn(`state = 'sent'`)) === total, patienceMs);
    const arrivals = smtp.received.map(({ to }) => to);
    assert.equal(arrivals.length, total);
    assert.equal(new Set(arrivals).size, total);
    for (const { email } of people) assert.ok(arrivals.includes(email));
    await assertNoJobIsLeft(env.DATABASE_URL);
  });
});

async function mailsOf(databaseUrl: string, userId: string) {
  return query(databaseUrl, 'select state, attempts, unanswered from mail where user_id = $1', [userId]);
}

async function assertNoJobIsLeft(databaseUrl: string): Promise<void> {
  await waitFor(
    'no job of the queue is left',
    async () =>
      (
        await query(
          databaseUrl,
          `select from pgboss.job where name = 'emails' and state in ('created', 'retry', 'active', 'failed')`,
        )
      ).length === 0,
    patienceMs,
  );
}

async function query(databaseUrl: string, text: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(text, values);
  await client.end();
  return rows;
}
