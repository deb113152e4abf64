import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyBackupJob } from '#features/backups/job-definitions.ts';
import { createClient, type Client } from '#test/client.ts';
import { newPlace, succeeds } from '#test/faults/backup/drill.ts';
import { startOutside, subscribe } from '#test/faults/outside.ts';
import {
  isAlertmanagerInstalled,
  isPrometheusInstalled,
  startAlertmanager,
  startPrometheus,
  type Prometheus,
  type RuleGroup,
} from '#test/faults/prometheus.ts';
import { startStandby } from '#test/faults/standby.ts';
import { makeSystem } from '#test/faults/system.ts';
import { buildCourse, joinCourse, learn, type LoopCourse } from '#test/loop.ts';
import { metricsIn, readAlerts, readPanels } from '#test/observability/files.ts';
import { provideClient } from '#test/postgres-client.ts';
import { startPostgres } from '#test/postgres.ts';
import { startProgram } from '#test/program.ts';
import { startTestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';

const redisUrl = process.env['TEST_REDIS_URL'];
const clientPath = provideClient();
const isPossible =
  isPrometheusInstalled && isAlertmanagerInstalled && redisUrl !== undefined && clientPath !== undefined;
const skip = isPossible
  ? false
  : 'needs Prometheus, its Alertmanager, redis-server and a client of PostgreSQL 17 or newer on the PATH';

suite('observability', { skip }, () => {
  test('a loaded system fills every panel of every dashboard, and fires no alert but the one that always does', async (t) => {
    const outside = await startOutside(t);
    const postgres = await startPostgres(t);
    const place = newPlace(t, clientPath ?? '');
    const settings = {
      ...outside.env,
      ...place.env,
      REDIS_URL: redisUrl ?? '',
      RATE_LIMITS_ENABLED: 'true',
    };
    const system = await makeSystem(t, postgres.url, settings);
    await startStandby(t, postgres);
    const env = { ...settings, ...system.env };
    const worker = await startProgram(t, ['worker'], { env });
    const scheduler = await startProgram(t, ['scheduler'], { env });
    const api = createClient(system.api.baseUrl);
    const course = await buildCourse(api, system.teacherToken, 'Observed');
    await subscribe(api, system.adminToken, outside);
    await succeeds(t, ['backup'], env);
    await haveItVerified(t, env.DATABASE_URL);
    const alertmanager = await startAlertmanager(t);
    const prometheus = await startPrometheus(t, {
      api: new URL(system.api.address).host,
      worker: new URL(worker.address).host,
      scheduler: new URL(scheduler.address).host,
      alertmanager: alertmanager.address,
    });
    await assertFilled(prometheus, api, course);
    await assertRulesWork(prometheus);
    const firing = await prometheus.query('ALERTS{alertstate="firing"}');
    assert.deepEqual(
      firing.map(({ metric }) => metric['alertname']),
      ['Watchdog'],
    );
    const used = new Set(readAlerts().flatMap(({ expr }) => metricsIn(expr)));
    const names = new Set(await prometheus.get<string[]>('/label/__name__/values'));
    const absent = [...used].filter((name) => !names.has(name) && !isOftenAbsent.test(name));
    assert.deepEqual(absent, [], 'metrics of alerts');
    await waitFor('Alertmanager has the alert', async () => {
      const alerts = (await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json()) as unknown[];
      return alerts.length === 1;
    });
  });

  test('what follows from another alert is not told beside it', async (t) => {
    const { url } = await startAlertmanager(t);
    const alerts = [
      { alertname: 'DatabaseUnreachable', severity: 'critical' },
      { alertname: 'ErrorRateHigh', severity: 'critical' },
      { alertname: 'JobsStuck', severity: 'critical', queue: 'emails' },
      { alertname: 'DiskNearlyFull', severity: 'critical', folder: 'data', instance: 'a' },
      { alertname: 'DiskFillsUp', severity: 'warning', folder: 'data', instance: 'a' },
      { alertname: 'DiskFillsUp', severity: 'warning', folder: 'data', instance: 'b' },
      { alertname: 'BackupOld', severity: 'critical' },
    ];
    const response = await fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts.map((labels) => ({ labels, annotations: { summary: 'made up' } }))),
    });
    assert.equal(response.status, 200);
    type Told = { labels: Record<string, string>; status: { state: string }; receivers: { name: string }[] };
    let told: Told[] = [];
    await waitFor(
      'all are looked at',
      async () => {
        told = (await (await fetch(`${url}/api/v2/alerts`)).json()) as Told[];
        return told.length === alerts.length && told.every(({ status }) => status.state !== 'unprocessed');
      },
      30_000,
    );
    const shown = told.map(
      ({ labels, status, receivers }) =>
        `${labels['alertname']}${labels['instance'] ?? ''} ${status.state} ${receivers.map(({ name }) => name).join()}`,
    );
    assert.deepEqual(shown.toSorted(), [
      'BackupOld active on-call',
      'DatabaseUnreachable active on-call',
      'DiskFillsUpa suppressed operators',
      'DiskFillsUpb active operators',
      'DiskNearlyFulla active on-call',
      'ErrorRateHigh suppressed on-call',
      'JobsStuck suppressed on-call',
    ]);
  });
});

/** Where nothing limits memory, no WAL is archived, and the nightly check has not run. */
const isOftenAbsent = /^lms_(?:memory_limit_bytes|database_wal_archive_\w+|progress_differences)$/;

/** Has the worker restore the newest backup for a look. */
async function haveItVerified(t: TestContext, databaseUrl: string): Promise<void> {
  const server = await startTestServer({ databaseUrl });
  t.after(() => server.stop());
  const { db, jobs } = server.open.deps;
  await db.transaction().execute((tx) => jobs.enqueue(tx, verifyBackupJob, {}));
}

/** People learn, and some go wrong, until every panel shows something; what stays empty is told by name. */
async function assertFilled(prometheus: Prometheus, api: Client, course: LoopCourse): Promise<void> {
  const deadline = performance.now() + 90_000;
  let empty: string[] = [];
  for (let turn = 1; performance.now() < deadline; turn += 1) {
    const learner = await joinCourse(api, course, `Learner ${turn}`);
    await learn(api, course, learner);
    await api.post('/auth/login', { email: learner.email, password: 'not-the-pass-phrase' });
    await api.post('/auth/login', { email: learner.email, password: 'a-long-pass-phrase' });
    await api.get('/me', 'not-a-token');
    await api.get('/users', learner.token);
    await sleep(1_000);
    empty = await emptyPanels(prometheus);
    if (empty.length === 0) return;
  }
  assert.deepEqual(empty, [], 'panels without data');
}

async function emptyPanels(prometheus: Prometheus): Promise<string[]> {
  const empty: string[] = [];
  for (const { dashboard, title, exprs } of readPanels()) {
    for (const expr of exprs) {
      const samples = await prometheus.query(expr.replaceAll('$__rate_interval', '1m'));
      if (!samples.some(({ value }) => Number.isFinite(Number(value[1]))))
        empty.push(`${dashboard}, ${title}: ${expr}`);
    }
  }
  return empty;
}

async function assertRulesWork(prometheus: Prometheus): Promise<void> {
  const { groups } = await prometheus.get<{ groups: RuleGroup[] }>('/rules');
  const rules = groups.flatMap((group) => group.rules);
  assert.ok(rules.length > 60, String(rules.length));
  assert.deepEqual(
    rules.filter(({ health }) => health !== 'ok').map(({ name, lastError }) => `${name}: ${lastError}`),
    [],
  );
}
