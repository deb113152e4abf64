import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { openDeps } from '#app/deps.ts';
import { createProbeServer } from '#app/probe-server.ts';
import { createTestDatabase, type TestDatabase } from '#test/database.ts';
import { makePeople } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

const figures = {
  lms_database_pool_connections: ['state="active"', 'state="idle"', 'state="max"', 'state="waiting"'],
  lms_jobs: [
    'queue="certificates",state="created"',
    'queue="emails",state="failed"',
    'queue="maintenance",state="active"',
    'queue="progress",state="retry"',
  ],
  lms_job_oldest_ready_seconds: [
    'queue="certificates"',
    'queue="emails"',
    'queue="maintenance"',
    'queue="progress"',
    'queue="webhooks"',
  ],
  lms_users: ['role="admin"', 'role="instructor"', 'role="student"'],
  lms_courses: ['status="archived"', 'status="draft"', 'status="published"'],
  lms_enrollments: ['status="active"', 'status="completed"', 'status="withdrawn"'],
  lms_certificates: ['state="expired"', 'state="revoked"', 'state="valid"'],
  lms_attempts_needing_grading: [''],
  lms_figures_up: [''],
};

/** `name` or `name{labels}` → value, of the Prometheus text format; throws for a line that is none of it. */
function parse(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const match = /^([a-zA-Z_:][\w:]*)(?:\{((?:\w+="(?:[^"\\]|\\.)*",?)*)\})? (\S+)$/.exec(line);
      assert.ok(match, line);
      return [`${match[1]}{${match[2] ?? ''}}`, Number(match[3])] as const;
    }),
  );
}

suite('figures at the scrape', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
    await makePeople(server);
  });
  after(() => server.stop());

  const scrape = async (address = server.address) => {
    const response = await fetch(`${address}/metrics`);
    assert.equal(response.status, 200);
    return parse(await response.text());
  };

  test('every figure is there, also where it is 0', async () => {
    const found = await scrape();
    for (const [name, labels] of Object.entries(figures)) {
      for (const label of labels)
        assert.ok(Number.isFinite(found.get(`${name}{${label}}`)), `${name}{${label}}`);
    }
    assert.deepEqual(
      ['admin', 'instructor', 'student'].map((role) => found.get(`lms_users{role="${role}"}`)),
      [1, 2, 2],
    );
    assert.equal(found.get('lms_figures_up{}'), 1);
  });

  test('however many scrape, the database is asked once in 15 s', async () => {
    server.clock.advance({ seconds: 15 });
    server.takeStatements();
    await Promise.all(Array.from({ length: 20 }, () => scrape()));
    // Jobs, the last counts, whose turn it is, counting.
    assert.equal(server.takeStatements().length, 4);
    await server.registerStudent();
    assert.equal((await scrape()).get('lms_users{role="student"}'), 2);
    server.clock.advance({ seconds: 15 });
    assert.equal((await scrape()).get('lms_users{role="student"}'), 3);
  });
});

suite('figures of many processes', () => {
  test('the tables are counted once in 15 s by all together', async () => {
    const database = await createTestDatabase();
    const nodes = await Promise.all(
      Array.from({ length: 3 }, () => startTestServer({ databaseUrl: database.url })),
    );
    try {
      const [first] = nodes;
      await makePeople(first!);
      const start = Math.max(...nodes.map(({ clock }) => clock.now().getTime()));
      const moveTo = (ms: number) => {
        for (const { clock } of nodes) clock.advance({ ms: ms - clock.now().getTime() });
      };
      const scrape = async () => {
        for (const node of nodes) node.takeStatements();
        const texts = await Promise.all(
          nodes.map(async ({ address }) => (await fetch(`${address}/metrics`)).text()),
        );
        return {
          up: texts.map((text) => parse(text).get('lms_figures_up{}')),
          students: texts.map((text) => parse(text).get('lms_users{role="student"}')),
          countings: nodes.flatMap((node) => node.takeStatements()).filter((sql) => sql.includes('jsonb_agg'))
            .length,
        };
      };
      moveTo(start + 1_000);
      assert.deepEqual((await scrape()).students, [2, 2, 2]);
      await first!.registerStudent();
      moveTo(start + 20_000);
      const second = await scrape();
      assert.deepEqual([second.up, second.countings], [[1, 1, 1], 1]);
      moveTo(start + 40_000);
      const third = await scrape();
      assert.equal(third.countings, 1);
      moveTo(start + 50_000);
      assert.equal((await scrape()).countings, 0);
      moveTo(start + 60_000);
      const last = await scrape();
      assert.ok(last.students.includes(3), String(last.students));
      // A count made by a clock that runs ahead is not believed for ever.
      moveTo(start + 10_000);
      assert.equal((await scrape()).countings, 1);
    } finally {
      for (const node of nodes) await node.stop();
      await database.drop();
    }
  });
});

suite('figures without the database', () => {
  let server: TestServer;
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
    server = await startTestServer({ databaseUrl: database.url });
  });
  after(() => server.stop());

  test('are absent, the scrape succeeds and says so', async () => {
    await database.drop();
    const found = parse(await (await fetch(`${server.address}/metrics`)).text());
    assert.equal(found.get('lms_figures_up{}'), 0);
    const absent = Object.keys(figures).filter((name) => !/figures_up|pool/.test(name));
    for (const name of absent) assert.ok(![...found.keys()].some((key) => key.startsWith(`${name}{`)), name);
    assert.ok(found.has('lms_database_pool_connections{state="max"}'));
    assert.ok([...found.keys()].some((key) => key.startsWith('process_cpu_seconds_total')));
  });

  test('worker and scheduler serve them too', async () => {
    const other = await createTestDatabase();
    const { config, log } = server.open.deps;
    const open = openDeps({ config, databaseUrl: other.url, log, role: 'worker' });
    const app = await createProbeServer(open);
    try {
      const answer = await app.inject('/metrics');
      assert.equal(parse(answer.body).get('lms_figures_up{}'), 1);
    } finally {
      await app.close();
      await open.close();
      await other.drop();
    }
  });
});
