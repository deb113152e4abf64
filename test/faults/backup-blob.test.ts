import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { suite, test } from 'node:test';
import { createAzureStore } from '#platform/files/azure-store.ts';
import { createLogger } from '#platform/log.ts';
import { azuriteIsMissing, startAzurite, type Azurite } from '#test/azurite.ts';
import { createClient } from '#test/client.ts';
import { dropDatabase } from '#test/database.ts';
import { contentOf } from '#test/faults/backup/contents.ts';
import { backupKey, fill, goOn, refuses, signIn, succeeds } from '#test/faults/backup/drill.ts';
import { makeSystem } from '#test/faults/system.ts';
import { waitForInvariants, withClient } from '#test/invariants.ts';
import { buildCourse } from '#test/loop.ts';
import { provideClient } from '#test/postgres-client.ts';
import { startPostgres } from '#test/postgres.ts';
import { startProgram } from '#test/program.ts';

const clientPath = provideClient();
const isPossible = clientPath !== undefined && azuriteIsMissing === false;
const skip =
  !isPossible &&
  'needs Azurite (npm ci --prefix test/azurite) and a client of PostgreSQL 17 or newer on the PATH, or from PyPI';
const containers = { files: 'lms-files', backups: 'lms-backups' };

/** SHA-256 of every blob of a container, by its name. */
async function checksumsIn(
  { connectionString }: Azurite,
  containerName: string,
): Promise<Record<string, string>> {
  const log = createLogger({ level: 'warn', service: 'test', version: '1.0.0' });
  const store = createAzureStore({
    ...{ connectionString, containerName, log },
    accountUrl: null,
    clientId: null,
    redirectsDownloads: false,
  });
  const sums: Record<string, string> = {};
  for (const prefix of ['files/', 'pictures/', 'certificates/']) {
    for await (const { key } of store.list(prefix)) {
      const hash = createHash('sha256');
      for await (const chunk of await store.read(key)) hash.update(chunk as Buffer);
      sums[key] = hash.digest('hex');
    }
  }
  return Object.fromEntries(Object.entries(sums).toSorted());
}

suite('backups in Blob Storage', { skip }, () => {
  test('database and files are destroyed, and brought back from another account: every row and every byte', async (t) => {
    const [lost, found, vault] = await Promise.all([startAzurite(), startAzurite(), startAzurite()]);
    t.after(() => Promise.all([lost, found, vault].map((each) => each.stop())));
    const settings = {
      PATH: clientPath ?? '',
      FILE_STORAGE_PROVIDER: 'azure',
      AZURE_STORAGE_CONNECTION_STRING: lost.connectionString,
      AZURE_STORAGE_CONTAINER_NAME: containers.files,
      BACKUP_AZURE_CONTAINER_NAME: containers.backups,
      BACKUP_AZURE_STORAGE_CONNECTION_STRING: vault.connectionString,
      BACKUP_KEY: backupKey,
    };
    const system = await makeSystem(t, undefined, settings);
    const env = { ...settings, ...system.env };
    const worker = await startProgram(t, ['worker'], { env });
    const course = await buildCourse(createClient(system.api.baseUrl), system.teacherToken, 'Backed up');
    const { learners, fileId } = await fill(system.api.baseUrl, course, system.teacherToken);
    await waitForInvariants(env.DATABASE_URL, 60_000);
    await worker.stop();
    await system.api.stop();

    const said = await succeeds(t, ['backup'], env);
    const [, name = '', sizeBytes] = /^Made (\S+): (\d+) bytes/.exec(said) ?? [];
    assert.equal(await succeeds(t, ['backup', '--list'], env), `${name}  ${sizeBytes} bytes\n`);
    assert.ok(Number(sizeBytes) > 9_000_000);
    assert.match(await succeeds(t, ['restore', 'latest', '--verify'], env), /can be restored/);
    const { rows: runs } = await withClient(env.DATABASE_URL, (client) =>
      client.query('select kind, archive, outcome from backup_run order by started_at'),
    );
    assert.deepEqual(
      runs,
      ['backup', 'verification'].map((kind) => ({ kind, archive: name, outcome: 'succeeded' })),
    );
    const before = {
      rows: await contentOf(env.DATABASE_URL),
      files: await checksumsIn(lost, containers.files),
    };
    assert.equal(Object.keys(before.files).length, 3 + learners.length);

    await dropDatabase(
      process.env['TEST_DATABASE_URL'] ?? '',
      path.basename(new URL(env.DATABASE_URL).pathname),
    );
    await lost.stop();
    const { url } = await startPostgres(t);
    const newEnv = { ...env, DATABASE_URL: url, AZURE_STORAGE_CONNECTION_STRING: found.connectionString };
    await refuses(
      t,
      ['restore', 'latest'],
      { ...newEnv, BACKUP_KEY: 'x'.repeat(20) + backupKey },
      /BACKUP_KEY does not open/,
    );
    assert.match(await succeeds(t, ['restore', 'latest', '--verify'], newEnv), /can be restored/);
    assert.match(await succeeds(t, ['restore', 'latest'], newEnv), new RegExp(`^${name} .* is restored`));
    assert.deepEqual(await contentOf(url), before.rows);
    assert.deepEqual(await checksumsIn(found, containers.files), before.files);

    const api = await startProgram(t, ['api'], { env: newEnv });
    const again = await startProgram(t, ['worker'], { env: newEnv });
    await goOn(api.baseUrl, course, learners.slice(0, 2));
    const renewed = createClient(api.baseUrl);
    const teacherToken = await signIn(renewed, 'teacher@example.com', 'a-teachers-phrase');
    assert.equal((await renewed.get(`/files/${fileId}/content`, teacherToken)).status, 200);
    await waitForInvariants(url, 60_000);
    await again.stop();
    await api.stop();
  });
});
