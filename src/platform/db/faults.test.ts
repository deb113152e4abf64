import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';
import { openDatabase, runSql } from './database.ts';
import { inTransaction } from './transaction.ts';

suite('faults of the database over HTTP', () => {
  let server: TestServer;
  let people: People;
  let other: pg.Client;
  before(async () => {
    server = await startTestServer({
      config: { databasePoolSize: 3, databaseStatementTimeoutMs: 900, databaseLockTimeoutMs: 300 },
    });
    people = await makePeople(server);
    other = new pg.Client({ connectionString: server.open.deps.config.databaseUrl ?? '' });
    await other.connect();
  });
  after(async () => {
    await other.end();
    await server.stop();
  });

  /** What is answered while another connection holds the table of sessions in this mode. */
  async function whileLocked<T>(mode: string, work: () => Promise<T>): Promise<T> {
    await other.query(`begin; lock table session in ${mode} mode`);
    try {
      return await work();
    } finally {
      await other.query('rollback');
    }
  }

  test('a lock that is held too long is a 503 that says when to try again, and nothing stays of it', async () => {
    const answer = await whileLocked('share row exclusive', () =>
      server.post('/auth/login', { email: people.student.email, password: people.student.password }),
    );
    assert.equal(answer.status, 503);
    assert.equal(answer.body.code, 'timeout');
    assert.equal(answer.headers.get('retry-after'), '2');
    assert.doesNotMatch(answer.text, /lock|session/);
    assert.equal((await server.get('/me', people.student.token)).status, 200);
  });

  test('a statement that takes too long is cancelled', async () => {
    await assert.rejects(runSql(server.open.deps.db, 'select pg_sleep(5)'), { code: '57014' });
    assert.equal((await server.get('/me', people.student.token)).status, 200);
  });

  test('more requests than connections wait their turn, or are a 503; none hangs', async () => {
    const start = performance.now();
    const answers = await whileLocked('access exclusive', () =>
      Promise.all(Array.from({ length: 30 }, () => server.get('/me', people.student.token))),
    );
    assert.ok(
      answers.every(({ status }) => status === 503),
      answers.map(({ status }) => status).join(),
    );
    assert.ok(performance.now() - start < 15_000, `${performance.now() - start} ms`);
    const after = await Promise.all(
      Array.from({ length: 30 }, () => server.get('/me', people.student.token)),
    );
    assert.ok(
      after.every(({ status }) => status === 200),
      after.map(({ status }) => status).join(),
    );
  });

  test('after connections were cut requests work again within a second', async () => {
    const cut = () =>
      other.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
      );
    for (let round = 0; round < 3; round += 1) {
      const running = Array.from({ length: 6 }, () => server.get('/me', people.student.token));
      await cut();
      for (const { status } of await Promise.all(running))
        assert.ok(status === 200 || status === 503, `${status}`);
      // A connection that is ending may be met by more than one.
      const works = async () => {
        const { status } = await server.get('/me', people.student.token);
        assert.ok(status === 200 || status === 503, `${status}`);
        return status === 200;
      };
      await waitFor('requests work again', works, 1_000);
    }
    await waitFor('the job engine is back', async () => (await server.get('/ready')).status === 200);
  });
});

suite('a database that is behind', () => {
  test('is a 503 that says when to try again, and a line that says to migrate', async (t) => {
    const server = await startTestServer();
    t.after(() => server.stop());
    const login = () => server.post('/auth/login', { email: 'a@example.com', password: 'something-9' });
    for (const change of ['alter table app_user drop column locale cascade', 'drop table app_user cascade']) {
      await runSql(server.ownerDb, change);
      const { status, body, headers } = await login();
      assert.deepEqual([status, body.code, headers.get('retry-after')], [503, 'unavailable', '2'], change);
      assert.doesNotMatch(body.detail, /app_user|locale/);
    }
    const lines = server.log.filter(({ message }) => /lms migrate/.test(String(message)));
    assert.deepEqual(
      lines.map(({ level, code }) => [level, code]),
      [['warn', 'unavailable']],
    );
  });
});

suite('a transaction', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
    await runSql(server.ownerDb, 'create table counter (id integer primary key, n integer not null)');
    await runSql(server.open.deps.db, 'insert into counter values (1, 0), (2, 0)');
  });
  after(() => server.stop());

  test('that runs into a deadlock is done again, and both are done once', async () => {
    const { db } = server.open.deps;
    let tries = 0;
    const bothHold = Promise.withResolvers<void>();
    let holders = 0;
    const add = (first: number, second: number) =>
      inTransaction(db, async (tx) => {
        tries += 1;
        await sql`update counter set n = n + 1 where id = ${first}`.execute(tx);
        holders += 1;
        if (holders === 2) bothHold.resolve();
        await bothHold.promise;
        await sql`update counter set n = n + 1 where id = ${second}`.execute(tx);
      });
    await Promise.all([add(1, 2), add(2, 1)]);
    // More where the one that begins again is quicker to its row than the one that was let go on.
    assert.ok(tries >= 3, `${tries} tries`);
    assert.deepEqual(await runSql(db, 'select n from counter order by id'), [{ n: 2 }, { n: 2 }]);
  });

  test('that fails is not done again, and leaves nothing', async () => {
    const { db } = server.open.deps;
    const counted = await runSql(db, 'select * from counter order by id');
    let tries = 0;
    const failing = inTransaction(db, async (tx) => {
      tries += 1;
      await sql`update counter set n = 100`.execute(tx);
      throw new Error('no');
    });
    await assert.rejects(failing, /^Error: no$/);
    assert.equal(tries, 1);
    assert.deepEqual(await runSql(db, 'select * from counter order by id'), counted);
  });

  test('that is asked for within another is that one: it ends with it, and is not done again by itself', async () => {
    const { db } = server.open.deps;
    const counted = await runSql(db, 'select * from counter order by id');
    let tries = 0;
    const outer = db.transaction().execute((tx) =>
      inTransaction(tx, async (inner) => {
        tries += 1;
        await sql`update counter set n = 100`.execute(inner);
        throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      }),
    );
    await assert.rejects(outer, /deadlock/);
    assert.equal(tries, 1);
    assert.deepEqual(await runSql(db, 'select * from counter order by id'), counted);
  });
});

suite('a database that goes silent', () => {
  test('fails the request in time and gives its connection to nobody else', { timeout: 60_000 }, async () => {
    const target = new URL(process.env['TEST_DATABASE_URL'] ?? '');
    const proxy = await startProxy(Number(target.port), target.hostname);
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    const database = openDatabase({
      url: url.href,
      poolSize: 1,
      statementTimeoutMs: 200,
      lockTimeoutMs: 200,
      idleInTransactionTimeoutMs: 30_000,
      applicationName: 'lms-test',
      isPreparing: true,
      onError: () => {},
    });
    try {
      await runSql(database.db, 'select 1');
      proxy.silence();
      const start = performance.now();
      await assert.rejects(runSql(database.db, 'select 1'), /Query read timeout/);
      assert.ok(performance.now() - start < 8_000);
      proxy.speak();
      assert.deepEqual(await runSql(database.db, 'select 1 as one'), [{ one: 1 }]);
    } finally {
      await database.close();
      await proxy.stop();
    }
  });
});

/** Passes bytes on to a server until it is silenced; connections of that time stay silent for ever. */
async function startProxy(port: number, host: string) {
  let isSilent = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (data) => void (isSilent || to.write(data)));
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    silence: () => void (isSilent = true),
    speak: () => void (isSilent = false),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
