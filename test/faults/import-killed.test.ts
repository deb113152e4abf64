import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import pg from 'pg';
import { createClient } from '#test/client.ts';
import { makeSystem } from '#test/faults/system.ts';
import { formOf } from '#test/files.ts';
import { waitForInvariants } from '#test/invariants.ts';
import { ok } from '#test/loop.ts';
import { startProgram } from '#test/program.ts';
import { waitFor } from '#test/wait.ts';

const count = 4_000;

suite('an import whose workers are killed by kill -9', () => {
  test('makes each person once, tells of each row once, and invites each once', async (t) => {
    const uploadsDir = mkdtempSync(path.join(tmpdir(), 'lms-import-'));
    t.after(() => rmSync(uploadsDir, { recursive: true, force: true }));
    const shared = { UPLOADS_DIR: uploadsDir };
    const system = await makeSystem(t, undefined, shared);
    const { api: program, adminToken } = system;
    const env = { ...system.env, ...shared };
    const api = createClient(program.baseUrl);
    const lines = Array.from(
      { length: count },
      (_, n) => `p${n}@killed.example,Person ${n},,Killed,${n % 100 === 0}`,
    );
    const form = formOf([
      { fileName: 'p.csv', content: ['email,name,role,groups,invite', ...lines].join('\n') },
    ]);
    const upload = { token: adminToken, raw: form.body, headers: form.headers };
    const { id: fileId } = await ok(api.request('POST', '/files', upload), 201);
    const { id } = await ok(api.post('/imports', { kind: 'people', fileId }, adminToken), 202);
    const stateOf = async (stage: 'dryRun' | 'application') =>
      (await ok(api.get(`/imports/${id}`, adminToken), 200))[stage];

    const kills: number[] = [];
    for (const stage of ['dryRun', 'application'] as const) {
      if (stage === 'application')
        await ok(api.post(`/imports/${id}/application`, undefined, adminToken), 202);
      let worker = await startProgram(t, ['worker', '--queues=maintenance'], { env });
      for (const share of [0.4]) {
        await waitFor('a part is done', async () => (await stateOf(stage)).done >= share * count, 60_000);
        await worker.kill();
        kills.push((await stateOf(stage)).done);
        worker = await startProgram(t, ['worker', '--queues=maintenance'], { env });
      }
      await waitFor('the file is through', async () => (await stateOf(stage)).status === 'succeeded', 90_000);
      await worker.kill();
      const { counts, done, total } = await stateOf(stage);
      assert.deepEqual(
        { counts, done, total },
        {
          counts: { created: count, updated: 0, unchanged: 0, failed: 0 },
          done: count,
          total: count,
        },
      );
    }
    assert.ok(
      kills.some((done) => done < count),
      `killed at ${kills.join(', ')} rows`,
    );
    assert.deepEqual(await tally(env.DATABASE_URL), {
      people: count,
      rows: 2 * count,
      events: count,
      members: count,
      invitations: count / 100,
    });
    await startProgram(t, ['worker', '--queues=emails'], { env });
    await waitForInvariants(env.DATABASE_URL, 60_000);
  });
});

async function tally(databaseUrl: string): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<Record<string, number>>(`
    select (select count(*)::int from app_user where email_key like '%@killed.example') as people,
           (select count(*)::int from csv_import_row) as rows,
           (select count(*)::int from event where type = 'user.registered' and data ? 'origin') as events,
           (select count(*)::int from user_group_member) as members,
           (select count(*)::int from pgboss.job where data ->> 'job' = 'identity.begin-invitation') as invitations`);
  await client.end();
  return rows[0] ?? {};
}
