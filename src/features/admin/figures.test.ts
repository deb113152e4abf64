import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { openDeps } from '#app/deps.ts';
import { createProbeServer } from '#app/probe-server.ts';
import { completeCourse } from '#features/certificates/completion-testing.ts';
import { newId } from '#platform/ids.ts';
import { makePublishedCourse } from '#test/courses.ts';
import { createTestDatabase, type TestDatabase } from '#test/database.ts';
import { makePeople, makePerson } from '#test/people.ts';
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
  lms_certificates_awaited: [''],
  lms_learners_active: ['period="15m"', 'period="1d"'],
  lms_webhooks: ['state="active"', 'state="disabled"', 'state="failing"'],
  lms_webhook_deliveries_waiting: [''],
  lms_webhook_oldest_due_seconds: [''],
  lms_mails: ['state="bounced"', 'state="failed"', 'state="waiting"'],
  lms_mail_oldest_waiting_seconds: [''],
  lms_database_connections: ['state="active"', 'state="idle"', 'state="idle in transaction"'],
  lms_database_server_connections: [''],
  lms_database_connections_max: [''],
  lms_database_oldest_transaction_seconds: [''],
  lms_database_lock_waits: [''],
  lms_database_size_bytes: [''],
  lms_database_transaction_id_age: [''],
  lms_database_transactions_total: ['outcome="committed"', 'outcome="rolledBack"'],
  lms_database_blocks_total: ['source="hit"', 'source="read"'],
  lms_database_deadlocks_total: [''],
  lms_database_replicas: [''],
  lms_database_table_dead_rows: [],
  lms_figures_up: [''],
};

/** Of the process itself. */
const ownFigures = [
  'lms_database_pool_connections{state="max"}',
  'lms_http_problems_total{code="invalid_credentials"}',
  'lms_credentials_refused_total{code="unauthenticated"}',
  'lms_mail_attempts_total{outcome="sent"}',
  'lms_webhook_attempts_total{outcome="delivered"}',
  'lms_events_published_total{type="enrollment.completed"}',
  'lms_file_scans_total{outcome="infected"}',
];

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

  test('requests are counted by method, declared route and status, and never by what stands in their address', async () => {
    const id = newId();
    for (const path of [`/courses/${id}`, `/courses/${id}`, `/nothing/${id}`]) await server.get(path);
    await server.delete(`/courses/${id}`);
    const found = await scrape();
    const countOf = (method: string, route: string, status: number) =>
      found.get(
        `http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`,
      );
    assert.equal(countOf('GET', '/api/v1/courses/:idOrSlug', 404), 2);
    assert.equal(countOf('DELETE', '/api/v1/courses/:idOrSlug', 401), 1);
    assert.equal(countOf('GET', 'unknown', 404), 1);
    assert.deepEqual(
      [...found.keys()].filter((key) => key.includes(id)),
      [],
    );
  });

  test('however many scrape, the database is asked once in 15 s', async () => {
    server.clock.advance({ seconds: 15 });
    server.takeStatements();
    await Promise.all(Array.from({ length: 20 }, () => scrape()));
    // Jobs, what waits, the server itself, the last counts, whose turn it is, counting.
    assert.equal(server.takeStatements().length, 6);
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
          countings: nodes
            .flatMap((node) => node.takeStatements())
            .filter((sql) => sql.includes('to_jsonb(counted)')).length,
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

  test('the scheduler serves them; API and worker serve their own alone, and ask the database nothing', async () => {
    const other = await createTestDatabase();
    const { config, log } = server.open.deps;
    const statements: string[] = [];
    const onStatement = (sql: string) => void statements.push(sql);
    try {
      for (const role of ['api', 'worker', 'scheduler'] as const) {
        const open = openDeps({ config, databaseUrl: other.url, log, role, onStatement });
        const app = await createProbeServer(open);
        const found = parse((await app.inject('/metrics')).body);
        await app.close();
        await open.close();
        for (const name of ownFigures) assert.ok(found.has(name), `${role}: ${name}`);
        const isScheduler = role === 'scheduler';
        assert.equal(found.get('lms_figures_up{}'), isScheduler ? 1 : undefined, role);
        assert.equal(found.has('lms_database_size_bytes{}'), isScheduler, role);
        assert.equal(statements.length > 0, isScheduler, role);
      }
    } finally {
      await other.drop();
    }
  });
});

suite('figures of what goes wrong', () => {
  let server: TestServer;
  before(async () => void (server = await startTestServer({ config: { rateLimitsEnabled: true } })));
  after(() => server.stop());

  const scrape = async () => parse(await (await fetch(`${server.address}/metrics`)).text());

  test('failed sign-ins, refused tokens and refusals of limits are counted, by code and budget', async () => {
    const before = await scrape();
    const wrong = { email: 'nobody@example.com', password: 'not-the-pass-phrase' };
    for (let tries = 0; tries < 12; tries += 1) await server.post('/auth/login', wrong);
    await server.get('/me', 'not-a-token');
    const found = await scrape();
    const rise = (name: string) => (found.get(name) ?? 0) - (before.get(name) ?? 0);
    assert.deepEqual(
      {
        failed: rise('lms_http_problems_total{code="invalid_credentials"}'),
        limited: rise('lms_http_problems_total{code="too_many_attempts"}'),
        byBudget: rise('lms_rate_limit_refusals_total{budget="account"}'),
        tokens: rise('lms_credentials_refused_total{code="unauthenticated"}'),
      },
      { failed: 5, limited: 7, byBudget: 7, tokens: 1 },
    );
  });

  test('the figures are for whoever asks the process itself: through a proxy there is nothing', async () => {
    assert.equal((await fetch(`${server.address}/metrics`)).status, 200);
    for (const headers of [
      { 'x-forwarded-for': '203.0.113.9' },
      { 'x-forwarded-proto': 'https' },
      { forwarded: 'for=203.0.113.9' },
      { via: '1.1 proxy' },
    ] as Record<string, string>[])
      assert.equal((await fetch(`${server.address}/metrics`, { headers })).status, 404);
  });

  test('a completion without its certificate, and who is active, are told', async () => {
    const { db } = server.open.deps;
    const course = await makePublishedCourse(server, await makePerson(server, 'instructor'), { texts: 1 });
    await completeCourse(server, course, await server.registerStudent());
    server.clock.advance({ minutes: 11 });
    const waiting = await scrape();
    assert.equal(waiting.get('lms_certificates_awaited{}'), 1);
    assert.equal(waiting.get('lms_learners_active{period="15m"}'), 1);
    await server.runJobs();
    server.clock.advance({ minutes: 11 });
    const issued = await scrape();
    assert.equal(issued.get('lms_certificates_awaited{}'), 0);
    assert.equal(issued.get('lms_learners_active{period="15m"}'), 0);
    assert.equal(issued.get('lms_learners_active{period="1d"}'), 1);
    assert.equal(issued.get('lms_events_published_total{type="enrollment.completed"}'), 1);
    assert.ok((issued.get('lms_mails{state="waiting"}') ?? -1) >= 0);
    await db.deleteFrom('mail').execute();
  });

  test('an unsent mail, an event that is due, and the last nightly check are told', async () => {
    const { db } = server.open.deps;
    const now = server.clock.now();
    const student = await server.registerStudent();
    await server.runJobs();
    await db
      .insertInto('mail')
      .values({
        id: newId(),
        user_id: student.id,
        kind: 'welcome',
        cause: newId(),
        params: JSON.stringify({}),
        message_id: newId(),
        state: 'queued',
        created_at: now,
        updated_at: now,
      })
      .execute();
    await db
      .insertInto('progress_check')
      .values({
        id: newId(),
        started_at: now,
        finished_at: now,
        enrollment_count: 5,
        difference_count: 2,
        differences: JSON.stringify([]),
      })
      .execute();
    server.clock.advance({ seconds: 100 });
    const found = await scrape();
    assert.equal(found.get('lms_mails{state="waiting"}'), 1);
    assert.equal(found.get('lms_mail_oldest_waiting_seconds{}'), 100);
    assert.equal(found.get('lms_progress_differences{}'), 2);
  });
});
