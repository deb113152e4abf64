import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import {
  deployFolder,
  metricsIn,
  readAlertCases,
  readAlerts,
  readDashboards,
  readPanels,
  readRecordings,
  readRunbook,
  readRunbookStatements,
  runbooksFolder,
} from './files.ts';

/** Prometheus makes these itself, or is scraped for them. */
const ofPrometheus = /^(?:up|ALERTS|prometheus_\w+)$/;
/** A program that makes no backups tells nothing of them. */
const ofBackups = existsSync('src/features/backups') ? /^$/ : /^lms_backup_\w+$/;

suite('alerts, rules and dashboards', () => {
  let server: TestServer;
  before(async () => void (server = await startTestServer()));
  after(() => server.stop());

  test('name only metrics that the program exports, and rules that are recorded', async () => {
    const exported = new Set(
      (await server.open.metrics.registry.getMetricsAsJSON()).flatMap(({ name, type }) =>
        String(type) === 'histogram' ? ['_bucket', '_count', '_sum'].map((end) => `${name}${end}`) : [name],
      ),
    );
    const recordings = readRecordings();
    const recorded = new Set(recordings.map(({ name }) => name));
    const uses = [
      ...readAlerts().map(({ name, expr }) => ({ where: `alert ${name}`, expr })),
      ...recordings.map(({ name, expr }) => ({ where: `rule ${name}`, expr })),
      ...readPanels().flatMap(({ dashboard, title, exprs }) =>
        exprs.map((expr) => ({ where: `${dashboard}, ${title}`, expr })),
      ),
    ];
    const unknown = uses.flatMap(({ where, expr }) =>
      metricsIn(expr)
        .filter(
          (name) =>
            !exported.has(name) && !recorded.has(name) && !ofPrometheus.test(name) && !ofBackups.test(name),
        )
        .map((name) => `${where}: ${name}`),
    );
    assert.deepEqual(unknown, []);
    assert.ok(uses.length > 130, `${uses.length} expressions were found`);
    assert.deepEqual(metricsIn('sum by (queue) (rate(a_total{b="c_d"}[5m])) / on (x) lms:b:c > 2e3'), [
      'a_total',
      'lms:b:c',
    ]);
  });

  test('every alert has a severity, a summary and a runbook of its name, and every runbook an alert', () => {
    const alerts = readAlerts();
    for (const { name, expr, severity, summary, runbook } of alerts) {
      assert.ok(expr && summary, name);
      assert.match(severity, name === 'Watchdog' ? /^none$/ : /^(?:critical|warning)$/, name);
      assert.equal(runbook, `docs/runbooks/${name}.md`);
      const text = readRunbook(`${name}.md`);
      for (const part of ['What it means', 'What to look at', 'What to do'])
        assert.ok(text.includes(`**${part}`), `${name}: ${part}`);
      assert.ok(text.includes(`Severity: ${severity}.`), name);
    }
    const pages = readdirSync(runbooksFolder).filter((file) => file !== 'README.md');
    assert.deepEqual(pages.toSorted(), alerts.map(({ name }) => `${name}.md`).toSorted());
    const index = readRunbook('README.md');
    for (const page of pages) assert.ok(index.includes(`(${page})`), page);
  });

  test('runbooks link to pages that are there', () => {
    const pages = new Set(readdirSync(runbooksFolder));
    for (const page of pages) {
      for (const [, target = ''] of readRunbook(page).matchAll(/\]\((\w+\.md)\)/g))
        assert.ok(pages.has(target), `${page} → ${target}`);
    }
  });

  test('every statement of a runbook runs on our database', async () => {
    const statements = readRunbookStatements();
    assert.ok(statements.length > 25, String(statements.length));
    for (const { runbook, sql } of statements) {
      await runSql(server.open.deps.db, sql).catch((error: unknown) => {
        throw new Error(`${runbook}: ${sql}: ${String(error)}`);
      });
    }
  });

  test('every alert has a unit test in which it fires, and one in which it does not', () => {
    const cases = readAlertCases();
    for (const { name } of readAlerts()) {
      const { fires, quiet } = cases.get(name) ?? { fires: 0, quiet: 0 };
      assert.ok(fires > 0 && (quiet > 0 || name === 'Watchdog'), `${name}: ${fires} fire, ${quiet} do not`);
    }
  });

  test('Alertmanager speaks of alerts that there are', () => {
    const names = readAlerts().map(({ name }) => name);
    const text = readFileSync(path.join(deployFolder, 'alertmanager/alertmanager.yml'), 'utf8');
    const patterns = [...text.matchAll(/alertname =~? "([^"]+)"/g)].flatMap(([, list = '']) =>
      list.split('|'),
    );
    assert.ok(patterns.length > 20);
    for (const pattern of patterns) {
      assert.ok(
        names.some((name) => new RegExp(`^(?:${pattern})$`).test(name)),
        pattern,
      );
    }
  });

  test('each dashboard has an id of its own and asks the data source that is provisioned', () => {
    const dashboards = readDashboards();
    assert.deepEqual(
      dashboards.map(({ uid }) => uid).toSorted(),
      ['api', 'database', 'jobs', 'learning', 'overview', 'security'].map((name) => `lms-${name}`),
    );
    const source = readFileSync(
      path.join(deployFolder, 'grafana/provisioning/datasources/prometheus.yml'),
      'utf8',
    );
    const uid = /uid: (\w+)/.exec(source)?.[1];
    for (const { title, panels } of dashboards) {
      assert.ok(panels.length >= 8, title);
      for (const panel of panels)
        assert.deepEqual(panel.datasource, { type: 'prometheus', uid }, panel.title);
    }
  });
});
