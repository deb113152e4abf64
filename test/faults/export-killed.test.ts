import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { unzipSync } from 'fflate';
import { createClient } from '#test/client.ts';
import { makeSystem, teacherAccount } from '#test/faults/system.ts';
import { formOf } from '#test/files.ts';
import { waitForInvariants } from '#test/invariants.ts';
import { ok } from '#test/loop.ts';
import { startProgram } from '#test/program.ts';
import { waitFor } from '#test/wait.ts';

const fileBytes = 60_000_000;
const fileCount = 3;

suite('an export whose workers are killed by kill -9', () => {
  test('comes to one archive, whole, and leaves no other in the store', async (t) => {
    const uploadsDir = mkdtempSync(path.join(tmpdir(), 'lms-export-'));
    t.after(() => rmSync(uploadsDir, { recursive: true, force: true }));
    const shared = { UPLOADS_DIR: uploadsDir };
    const system = await makeSystem(t, undefined, shared);
    const env = { ...system.env, ...shared };
    const api = createClient(system.api.baseUrl);
    const { teacherToken: token } = system;
    for (let n = 0; n < fileCount; n += 1) {
      const form = formOf([{ fileName: `${n}.bin`, content: Buffer.alloc(fileBytes, `part ${n}, `) }]);
      await ok(api.request('POST', '/files', { token, raw: form.body, headers: form.headers }), 201);
    }
    const { id } = await ok(api.post('/me/data-exports', undefined, token), 202);
    const statusNow = async () => (await ok(api.get(`/me/data-exports/${id}`, token), 200)).status;

    const drafts = path.join(uploadsDir, '_drafts');
    const before = new Set(filesBelow(drafts));
    for (const share of [0.1, 0.6]) {
      const worker = await startProgram(t, ['worker', '--queues=maintenance'], { env });
      const isAtWork = () =>
        filesBelow(drafts).some((file) => !before.has(file) && sizeOf(file) > share * fileBytes * fileCount);
      await waitFor('a part of the archive is written', async () => isAtWork(), 60_000);
      await worker.kill();
      assert.equal(await statusNow(), 'running', 'it was killed in the midst of it');
      for (const file of filesBelow(drafts)) before.add(file);
    }
    await startProgram(t, ['worker', '--queues=maintenance,emails'], { env });
    await waitFor('there is an archive', async () => (await statusNow()) === 'ready', 90_000);
    assert.equal(filesBelow(path.join(uploadsDir, 'exports')).length, 1);
    assert.ok(before.size >= 2, 'both left a draft, which the store removes after a day');

    const { url } = await ok(api.post(`/me/data-exports/${id}/links`, undefined, token), 201);
    const { pathname, search } = new URL(url);
    const answer = await fetch(new URL(pathname + search, system.api.baseUrl));
    const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
    const uploaded = Object.entries(files).filter(([name]) => name.startsWith('files/'));
    assert.deepEqual(
      uploaded.map(([, bytes]) => bytes.length),
      Array.from({ length: fileCount }, () => fileBytes),
    );
    const account = JSON.parse(Buffer.from(files['data/app_user.json'] ?? []).toString());
    assert.equal(account[0].name, teacherAccount.name);
    await waitForInvariants(env.DATABASE_URL, 60_000);
  });
});

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((each) =>
      each.isFile() ? [path.join(each.parentPath, each.name)] : [],
    );
  } catch {
    return [];
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
