import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openJobBench } from '#platform/jobs/jobs-testing.ts';
import { jobs } from './jobs.ts';
import { applySchedules, schedulesFor } from './schedule.ts';

// In UTC. Written by hand: what is dropped or moved in the code by mistake differs from it.
const expected = `
assessments.submit-overdue        progress      * * * * *
audit.purge                       maintenance   53 3 * * *
audit.seal                        maintenance   * * * * *
audit.tell-head                   maintenance   13 0 * * *
backups.run                       maintenance   17 1 * * *
backups.verify                    maintenance   37 5 * * 0
certificates.enqueue-missing      certificates  7 4 * * *
enrollments.roll-up-statistics    progress      7 2 * * *
files.purge-uploads               maintenance   23 * * * *
files.sweep                       maintenance   27 3 * * *
identity.end-suspensions          maintenance   * * * * *
identity.purge-sessions           maintenance   17 3 * * *
imports.purge                     maintenance   51 3 * * *
mail.purge                        maintenance   23 3 * * *
mail.remind                       emails        17 8 * * *
notifications.purge               maintenance   27 4 * * *
operation.purge-idempotency-keys  maintenance   41 * * * *
privacy.erase-due                 maintenance   11 * * * *
privacy.erase-unused              maintenance   31 2 * * *
privacy.purge-exports             maintenance   29 * * * *
progress.nightly-check            progress      37 2 * * *
sso.purge-sign-ons                maintenance   1-59/10 * * * *
tasks.purge                       maintenance   53 3 * * *
webhooks.purge                    maintenance   47 3 * * *
`;

const expectedRows = expected
  .trim()
  .split('\n')
  .map((line) => line.split(/ {2,}/));

/** Words of a job's verb that say "whatever is there by now": only the clock can call for it. */
const sweeping = /\.(?:.+-)?(?:purge|sweep|check|roll-up)(?:-|$)/;

suite('the schedule', () => {
  test('each job is due at its time, on its queue', () => {
    const rows = schedulesFor({ demoMode: false }).map(({ cron, job }) => [job.name, job.queue, cron]);
    assert.deepEqual(rows.toSorted(byName), expectedRows);
  });

  test('every job that purges, sweeps, checks or rolls up is due some time', () => {
    const scheduled = new Set(schedulesFor({ demoMode: false }).map(({ job }) => job.name));
    const found = jobs.map(({ definition }) => definition.name).filter((name) => sweeping.test(name));
    assert.ok(found.length >= 13, found.join());
    assert.deepEqual(
      found.filter((name) => !scheduled.has(name)),
      [],
    );
  });

  test('a scheduler writes the list into the engine, and takes out what is no longer in it', async (t) => {
    const bench = await openJobBench();
    t.after(() => bench.stop());
    const { boss } = bench.engine;
    await boss.schedule('emails', '5 5 * * *', { job: 'mail.gone', payload: {} }, { key: 'mail.gone' });
    await boss.schedule(
      'maintenance',
      '5 5 * * *',
      { job: 'audit.seal', payload: {} },
      { key: 'audit.seal' },
    );
    const all = schedulesFor({ demoMode: true });
    await applySchedules(bench.engine, all);
    const written = await bench.rowsOf<{ job: string; name: string; cron: string; timezone: string }>(
      `select data->>'job' as job, name, cron, timezone from pgboss.schedule where key = data->>'job'`,
    );
    const rows = written.map(({ job, name, cron, timezone }) => {
      assert.equal(timezone, 'UTC', job);
      return [job, name, cron];
    });
    const reset = ['demo.reset', 'maintenance', '37 1 * * *'];
    assert.deepEqual(rows.toSorted(byName), [...expectedRows, reset].toSorted(byName));

    await applySchedules(bench.engine, all.slice(0, 1));
    assert.deepEqual(
      (await boss.getSchedules()).map(({ key }) => key),
      all.slice(0, 1).map(({ job }) => job.name),
    );
  });
});

function byName([one = '']: string[], [other = '']: string[]): number {
  return one < other ? -1 : 1;
}
