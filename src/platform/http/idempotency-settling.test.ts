import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import pg from 'pg';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';

suite('an Idempotency-Key that cannot be settled in the database', () => {
  let server: TestServer;
  let token: string;
  let [users, keys]: pg.Client[] = [];
  before(async () => {
    server = await startTestServer({ config: { databaseLockTimeoutMs: 1_500 } });
    ({ token } = await makePerson(server, 'admin'));
    [users, keys] = [0, 1].map(
      () => new pg.Client({ connectionString: server.open.deps.config.databaseUrl ?? '' }),
    );
    await Promise.all([users?.connect(), keys?.connect()]);
  });
  after(async () => {
    await Promise.all([users?.end(), keys?.end()]);
    await server.stop();
  });

  const make = (key: string) =>
    server.post('/users', { name: key, role: 'student' }, token, { 'idempotency-key': key });
  const waiting = async (table: string) => {
    const { rows } = (await keys?.query(
      'select from pg_locks where not granted and relation = $1::regclass and database = (select oid from pg_database where datname = current_database())',
      [table],
    )) ?? { rows: [] };
    return rows.length > 0;
  };
  const countMade = async (name: string) =>
    (await keys?.query('select from app_user where name = $1', [name]))?.rowCount;

  /** The request has its key and waits for the table of users; then nobody can write to that of the keys. */
  async function beginWithoutKeys(key: string): Promise<{ answer: ReturnType<typeof make> }> {
    await users?.query('begin; lock table app_user in share mode');
    const answer = make(key);
    await waitFor('the request waits', () => waiting('app_user'));
    await keys?.query('begin; lock table idempotency_key in share mode');
    return { answer };
  }

  test('is answered as done where it was done, and the answer comes again once it could be kept', async () => {
    const { answer } = await beginWithoutKeys('done');
    await users?.query('rollback');
    const first = await answer;
    assert.equal(first.status, 201, first.text);
    await keys?.query('rollback');
    await waitFor('the answer is kept', async () => (await make('done')).status === 201);
    const again = await make('done');
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.equal(again.text, first.text);
    assert.equal(await countMade('done'), 1);
  });

  test('is free at once, and not after its lock, where the request failed', async () => {
    const first = await (await beginWithoutKeys('failed')).answer;
    assert.equal(first.status, 503, first.text);
    await Promise.all([users?.query('rollback'), keys?.query('rollback')]);
    await waitFor('the next try is done', async () => (await make('failed')).status === 201, 5_000);
    assert.equal(await countMade('failed'), 1);
  });
});
