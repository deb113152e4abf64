import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import { openSession } from '#platform/db/session.ts';
import { newId } from '#platform/ids.ts';
import { eraseDueJob } from '#features/privacy/job-definitions.ts';
import { makeMember } from '#test/factors.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { repeatErasures } from './commands/repeat-erasures.ts';
import { takeBackup } from './commands/take-backup.ts';
import { backupJob } from './job-definitions.ts';
import { readErasuresSince } from './queries/erasures-since.ts';
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

  test('who was erased since a backup is erased again after it was restored, and who took that back is not', async () => {
    const { db, config, jobs } = server.open.deps;
    const people = [];
    for (let at = 0; at < 4; at += 1) people.push(await makeMember(server));
    const [erased, withdrawn, asking, before] = people.map(({ id }) => id);
    const insert = (userId: string, day: number, due: number, cancelled: number | null) => {
      const id = newId();
      const at = (of: number | null) => of && new Date(Date.UTC(2020, 0, of));
      const text = `insert into erasure (id, user_id, keeps_name_on_certificates, requested_at, due_at, cancelled_at)
        values ($1, $2, true, $3, $4, $5)`;
      return runSql(db, text, [id, userId, at(day), at(due), at(cancelled)]).then(() => id);
    };
    const session = await openSession(config.databaseUrl ?? '', 'lms-test');
    const wishes = {
      erased: await insert(erased ?? '', 3, 9, null),
      withdrawn: await insert(withdrawn ?? '', 3, 20, 9),
      asking: await insert(asking ?? '', 9, 40_000, null),
      before: await insert(before ?? '', 2, 3, 4),
    };
    const set = `update erasure set erased_at = $2, counts = '{}' where id = $1`;
    await runSql(db, set, [wishes.erased, new Date(Date.UTC(2020, 0, 9))]);
    const known = await readErasuresSince(session, '2020-01-05T00:00:00.000Z');
    assert.deepEqual(
      known?.map(({ id }) => id).toSorted(),
      [wishes.erased, wishes.withdrawn, wishes.asking].toSorted(),
    );

    // As it was at the backup, when one had not asked yet.
    await runSql(db, 'update erasure set erased_at = null, counts = null, cancelled_at = null', []);
    await runSql(db, 'delete from erasure where id = any($1)', [[wishes.asking, wishes.before]]);
    for (let time = 0; time < 2; time += 1)
      assert.deepEqual(await repeatErasures(config.databaseUrl ?? '', known), [wishes.erased]);
    assert.equal(await repeatErasures(config.databaseUrl ?? '', undefined), null);
    await session.close();
    await db.transaction().execute((tx) => jobs.enqueue(tx, eraseDueJob, {}));
    await server.runJobs();
    const rows = await runSql<{ id: string; name: string }>(
      db,
      'select erasure.id, name from erasure join app_user on app_user.id = user_id order by requested_at, due_at',
      [],
    );
    assert.deepEqual(rows, [
      { id: wishes.erased, name: 'Erased account' },
      { id: wishes.withdrawn, name: 'Member' },
      { id: wishes.asking, name: 'Member' },
    ]);
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
