import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { runImport } from './commands/run-import.ts';
import { importsOf } from './import-testing.ts';

const going = { signal: new AbortController().signal, isLastAttempt: false };

suite('an import that is stopped', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const begin = async (name: string) => {
    const lines = Array.from({ length: 600 }, (_, n) => `p${n}@${name}.example,Person ${n}`);
    const answer = await importsOf(server).begin('people', ['email,name', ...lines].join('\n'), people.admin);
    assert.equal(answer.status, 202, answer.text);
    return { importId: answer.body.id as string, taskId: answer.body.dryRun.taskId as string };
  };
  const taskOf = async (id: string) => (await server.get(`/tasks/${id}`, people.admin.token)).body;
  const countRows = async (importId: string) => {
    const rows = await runSql<{ count: number }>(
      server.open.deps.db,
      'select count(*)::int as count from csv_import_row where import_id = $1',
      [importId],
    );
    return rows[0]?.count;
  };
  /** The first statement of this kind after so many fails, as where the process is killed there. */
  const breakingAfter = (chunks: number): Deps => {
    const { deps } = server.open;
    let commits = 0;
    const clock = {
      now() {
        commits += 1;
        if (commits > 2 + chunks * 2) throw new Error('killed');
        return deps.clock.now();
      },
    };
    return { ...deps, clock };
  };

  test('between chunks goes on behind the last that was kept: nothing twice, nothing lost', async () => {
    const { importId, taskId } = await begin('broken');
    const payload = { importId, stage: 'dryRun' } as const;
    await assert.rejects(runImport(breakingAfter(1), payload, going), /killed/);
    const { done, status } = await taskOf(taskId);
    assert.ok(done > 0 && done < 600 && status === 'running', `${done} ${status}`);
    assert.equal(await countRows(importId), done);
    await runImport(server.open.deps, payload, going);
    assert.equal(await countRows(importId), 600);
    assert.deepEqual([(await taskOf(taskId)).status, (await taskOf(taskId)).total], ['succeeded', 600]);
    await runImport(server.open.deps, payload, going);
    assert.equal(await countRows(importId), 600, 'a job that comes again does nothing');
  });

  test('two runs at once do it once', async () => {
    const { importId } = await begin('twice');
    const payload = { importId, stage: 'dryRun' } as const;
    await Promise.all([1, 2].map(() => runImport(server.open.deps, payload, going)));
    assert.equal(await countRows(importId), 600);
  });

  test('by its worker that ends hands on to the next, and by its owner does no more', async () => {
    const { importId, taskId } = await begin('ended');
    const payload = { importId, stage: 'dryRun' } as const;
    const ended = { signal: AbortSignal.abort(), isLastAttempt: false };
    await runImport(server.open.deps, payload, ended);
    assert.equal((await taskOf(taskId)).done, 250);
    const cancel = (by: string) => server.request('DELETE', `/tasks/${taskId}`, { token: by });
    assert.equal((await cancel(people.student.token)).status, 404);
    assert.equal((await cancel(people.admin.token)).status, 204);
    assert.equal((await cancel(people.admin.token)).status, 204);
    await runImport(server.open.deps, payload, going);
    const { done, status } = await taskOf(taskId);
    assert.deepEqual([done, status], [250, 'cancelled']);
    const applied = await server.post(`/imports/${importId}/application`, undefined, people.admin.token);
    assert.deepEqual([applied.status, applied.body.code], [409, 'import_not_checked']);
    await server.runJobs();
    assert.equal(await countRows(importId), 250, 'nor does the job that was handed on');
  });

  test('for good by a fault says so, and is not left running', async () => {
    const { importId, taskId } = await begin('faulty');
    const payload = { importId, stage: 'dryRun' } as const;
    const { deps } = server.open;
    const files = { ...deps.files, read: () => Promise.reject(new Error('odd')) };
    await assert.rejects(runImport({ ...deps, files }, payload, { ...going, isLastAttempt: true }), /odd/);
    const { status, error } = await taskOf(taskId);
    assert.deepEqual([status, error.code], ['failed', 'internal']);
    const ended = await server.request('DELETE', `/tasks/${taskId}`, { token: people.admin.token });
    assert.equal(ended.body.code, 'task_finished');
  });
});
