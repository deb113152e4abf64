import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '#test/database.ts';
import { deployApps, find, part } from './deployments.ts';

suite('the query by which Azure adds workers', () => {
  const worker = find(deployApps(), 'Microsoft.App/containerApps', '-worker');
  const rules = part(worker, 'properties.template.scale.rules') as {
    custom: {
      metadata: { query: string; targetQueryValue: string };
      auth: { secretRef: string; triggerParameter: string }[];
    };
  }[];
  const { metadata, auth } = rules[0]!.custom;
  let database: TestDatabase;
  let client: pg.Client;
  before(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  after(async () => {
    await client.end();
    await database.drop();
  });

  // As KEDA asks: one row with one whole number.
  async function load(): Promise<number> {
    const { rows, fields } = await client.query<Record<string, number>>(metadata.query);
    assert.equal(rows.length, 1);
    assert.equal(fields.length, 1);
    const value = Object.values(rows[0] ?? {})[0];
    assert.ok(Number.isInteger(value), String(value));
    return value!;
  }

  async function add(count: number, waitingSeconds: number, more = ''): Promise<void> {
    await client.query(
      `insert into pgboss.job (name, data, start_after)
       select 'emails', '{}', now() - $1::int * interval '1 second' from generate_series(1, $2::int)`,
      [waitingSeconds, count],
    );
    if (more !== '') await client.query(`update pgboss.job set ${more}`);
  }

  test('nothing to do is 0; jobs that are due count; the age of the oldest counts where it is more', async () => {
    assert.equal(await load(), 0);
    await add(150, 5);
    assert.equal(await load(), 150);
    await add(1, 600);
    assert.ok((await load()) >= 600 && (await load()) < 700);
  });

  test('jobs of later, jobs in hand and jobs that are over ask for no worker', async () => {
    await client.query('delete from pgboss.job');
    await add(10, -3600);
    assert.equal(await load(), 0);
    for (const state of ['active', 'completed', 'failed', 'cancelled']) {
      await client.query('delete from pgboss.job');
      await add(10, 900, `state = '${state}'`);
      assert.equal(await load(), 0, state);
    }
    await client.query('delete from pgboss.job');
    await add(10, 900, "state = 'retry'");
    assert.ok((await load()) >= 900);
  });

  test('it reads what waits, not the month of jobs that are over', async () => {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${metadata.query}`);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    assert.match(plan, /Index/, plan);
  });

  test('it signs in by the address of the vault, which the worker alone holds', () => {
    assert.deepEqual(auth, [{ secretRef: 'database-url', triggerParameter: 'connection' }]);
    const [secret] = part(worker, 'properties.configuration.secrets') as { keyVaultUrl: string }[];
    assert.match(secret!.keyVaultUrl, /^https:\/\/[a-z0-9-]+\.vault\.azure\.net\/secrets\/database-url$/);
    assert.equal(metadata.targetQueryValue, '60');
  });
});
