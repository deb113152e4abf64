import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { openSession } from '#platform/db/session.ts';
import { newId } from '#platform/ids.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { takeBackup } from './commands/take-backup.ts';
import { backupJob } from './job-definitions.ts';
import { insertRun, endRun, type RunKind } from './queries/runs.ts';
import { takeLock } from './queries/snapshot.ts';

const never = new AbortController().signal;

suite('backups', () => {
  let server: TestServer;
  let backupDir: string;
  before(async () => {
    backupDir = mkdtempSync(path.join(tmpdir(), 'lms-backups-'));
    server = await startTestServer({
      config: { backupDir, backupKey: 'dk3mWq9vTzR7bXc1LfYh8sNp5GjUa2Eo6ViQx4ZtJr0=' },
    });
  });
  after(async () => {
    await server?.stop();
    rmSync(backupDir, { recursive: true, force: true });
  });

  const figures = async () => {
    const { registry } = server.open.metrics;
    const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('lms_backup_'));
    return Object.fromEntries(lines.map((line) => line.split(/ (?=[^ ]+$)/) as [string, string]));
  };
  const run = async (kind: RunKind, outcome: 'succeeded' | 'failed', sizeBytes: number | null = null) => {
    const { db, clock } = server.open.deps;
    const id = newId();
    await insertRun(db, { id, kind, archive: 'x', now: clock.now() });
    server.clock.advance({ seconds: 60 });
    await endRun(db, id, { outcome, sizeBytes, error: null }, clock.now());
  };

  test('without pg_dump it says what to install, keeps nothing, and writes the failure down', async () => {
    const before = process.env['PATH'];
    process.env['PATH'] = backupDir;
    try {
      await assert.rejects(
        takeBackup(server.open.deps, never),
        /^BackupError: There is no pg_dump on the PATH: install/,
      );
    } finally {
      process.env['PATH'] = before;
    }
    assert.deepEqual(readdirSync(backupDir), []);
    const [last] = await server.open.deps.db.selectFrom('backup_run').selectAll().execute();
    assert.equal(last?.outcome, 'failed');
    assert.match(last.error ?? '', /no pg_dump/);
  });

  test('of two at once the second makes none; a run whose process ended is said to be interrupted', async () => {
    const { db, config, clock } = server.open.deps;
    const session = await openSession(config.databaseUrl ?? '', 'lms-test');
    assert.ok(await takeLock(session, 'backup'));
    const lost = newId();
    await insertRun(db, { id: lost, kind: 'backup', archive: 'x', now: clock.now() });
    assert.equal(await takeBackup(server.open.deps, never), 'busy');
    await session.close();
    await assert.rejects(takeBackup(server.open.deps, AbortSignal.abort(new Error('the worker stops'))));
    const row = await db.selectFrom('backup_run').selectAll().where('id', '=', lost).executeTakeFirst();
    assert.equal(row?.outcome, 'interrupted');
  });

  test('figures tell how old the last whole backup and the last verified one are, whatever failed since', async () => {
    await run('backup', 'succeeded', 4_711);
    await run('verification', 'succeeded');
    server.clock.advance({ hours: 1 });
    await run('backup', 'failed');
    const found = await figures();
    assert.equal(found['lms_backup_configured'], '1');
    assert.equal(found['lms_backup_age_seconds'], '3780');
    assert.equal(found['lms_backup_verified_age_seconds'], '3720');
    assert.equal(found['lms_backup_size_bytes'], '4711');
    assert.equal(found['lms_backup_duration_seconds'], '60');
    assert.equal(found['lms_backup_last_succeeded{kind="backup"}'], '0');
    assert.equal(found['lms_backup_last_succeeded{kind="verification"}'], '1');
    const all = await server.open.metrics.registry.metrics();
    assert.match(all, /^lms_disk_free_bytes\{folder="backups"\} \d/m);
  });

  test('where nothing says where backups go, the daily job does nothing, and figures say that there are none', async (t) => {
    const other = await startTestServer();
    t.after(() => other.stop());
    const { db, jobs } = other.open.deps;
    await db.transaction().execute((tx) => jobs.enqueue(tx, backupJob, {}));
    await other.runJobs();
    assert.deepEqual(await db.selectFrom('backup_run').selectAll().execute(), []);
    const text = await other.open.metrics.registry.metrics();
    assert.match(text, /^lms_backup_configured 0$/m);
    assert.doesNotMatch(text, /^lms_backup_age_seconds/m);
  });

  test('a demonstration, which makes none, is not told to be without them', async (t) => {
    const other = await startTestServer({ env: { DEMO_MODE: 'true' } });
    t.after(() => other.stop());
    assert.doesNotMatch(await other.open.metrics.registry.metrics(), /^lms_backup_configured/m);
  });
});
