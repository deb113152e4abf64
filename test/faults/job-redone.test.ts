import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { suite, test } from 'node:test';
import { Type } from 'typebox';
import { inTransaction } from '#platform/db/transaction.ts';
import { waitFor } from '#test/wait.ts';
import { defineJob, job } from '#platform/jobs/definition.ts';
import { openJobBench } from '#platform/jobs/jobs-testing.ts';

// Slow, for it waits until the silence of the dead is noticed.
suite('a worker that is killed', () => {
  test('by SIGKILL leaves its job to be redone by another, once', { timeout: 90_000 }, async () => {
    const bench = await openJobBench();
    const stuck = defineJob({ name: 'test.stuck', queue: 'certificates', payload: Type.Object({}) });
    await bench.rowsOf('create table taken (pid integer)');
    await inTransaction(bench.db, (tx) => bench.engine.enqueue(tx, stuck, {}));
    const script = path.join(import.meta.dirname, '../stuck-worker.ts');
    const child = spawn(process.execPath, [script, bench.databaseUrl], { stdio: 'inherit' });
    const gone = once(child, 'exit');
    try {
      await waitFor(
        'the child has the job',
        async () => (await bench.rowsOf('select from taken')).length === 1,
      );
      child.kill('SIGKILL');
      await gone;
      const killedAt = performance.now();
      const redone: number[] = [];
      bench.startWorker([job(stuck, async (_deps, _payload, { attempt }) => void redone.push(attempt))]);
      await waitFor('the job is redone', () => redone.length > 0, 45_000);
      assert.ok(performance.now() - killedAt < 40_000, `${performance.now() - killedAt} ms`);
      await waitFor('it is settled', async () => (await bench.states())[0]?.state === 'completed');
      assert.deepEqual(redone, [2]);
    } finally {
      child.kill('SIGKILL');
      await gone;
      await bench.stop();
    }
  });
});
