import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, suite, test } from 'node:test';
import { createLogger } from '#platform/log.ts';
import { azuriteIsMissing, startAzurite, type Azurite } from '#test/azurite.ts';
import { mountDisk } from '#test/disk.ts';
import { createAzureTarget } from './azure-target.ts';
import { BackupError } from './backup-error.ts';
import { createFolderTarget } from './folder-target.ts';
import { backupName, type BackupTarget } from './target.ts';

const nameAt = (time: string) => backupName(new Date(time));
const never = new AbortController().signal;
const isRoot = process.getuid?.() === 0;
const log = createLogger({ level: 'silent', service: 'test', version: 'test' });

/** What every place of backups promises. */
function testTarget(target: () => BackupTarget): void {
  const put = (name: string, ...chunks: string[]) =>
    target().put(name, Readable.from(chunks.map((chunk) => Buffer.from(chunk))), never);

  test('a backup has its name when it is whole, and can be read, listed and removed', async () => {
    const [older, newer] = [nameAt('2026-11-24T01:17:00Z'), nameAt('2026-11-25T01:17:00Z')];
    assert.equal(await put(newer, 'ne', 'w'), 3);
    await put(older, 'older');
    const listed = await target().list();
    assert.deepEqual(
      listed.map(({ name, sizeBytes }) => [name, sizeBytes]),
      [
        [newer, 3],
        [older, 5],
      ],
    );
    assert.equal(listed[0]?.takenAt.toISOString(), '2026-11-25T01:17:00.000Z');
    assert.equal(await text(await target().read(newer)), 'new');
    await target().remove(older);
    await target().remove(older);
    assert.deepEqual(
      (await target().list()).map(({ name }) => name),
      [newer],
    );
    await assert.rejects(target().read(older), /There is no backup/);
  });

  test('one of the same name is never replaced', async () => {
    const name = nameAt('2026-11-20T01:17:00Z');
    await put(name, 'first');
    await assert.rejects(put(name, 'second'), BackupError);
    assert.equal(await text(await target().read(name)), 'first');
  });

  test('of one that fails or is stopped on its way nothing is seen', async () => {
    const name = nameAt('2026-11-19T01:17:00Z');
    const failing = Readable.from(
      (async function* () {
        yield Buffer.alloc(100_000);
        throw new Error('the database went away');
      })(),
    );
    await assert.rejects(target().put(name, failing, never), /the database went away/);
    const stopping = new AbortController();
    const endless = Readable.from(
      (async function* () {
        for (let count = 0; ; count += 1) {
          if (count === 3) stopping.abort(new Error('the worker stops'));
          yield Buffer.alloc(100_000);
        }
      })(),
    );
    await assert.rejects(target().put(name, endless, stopping.signal), /the worker stops/);
    assert.ok(!(await target().list()).some((backup) => backup.name === name));
  });
}

suite('backups in a folder', () => {
  let folder: string;
  before(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), 'lms-backups-')), 'made', 'when-needed');
  });
  after(() => rmSync(path.dirname(path.dirname(folder)), { recursive: true, force: true }));
  testTarget(() => createFolderTarget(folder));

  test('what a killed process left is taken away, and what is not ours is left alone', async () => {
    const name = nameAt('2026-11-18T01:17:00Z');
    writeFileSync(path.join(folder, `${name}.0a1b2c3d.part`), 'half');
    writeFileSync(path.join(folder, 'notes.part'), 'mine');
    await createFolderTarget(folder).tidy();
    const names = readdirSync(folder);
    assert.ok(!names.some((each) => each.startsWith(name)));
    assert.ok(names.includes('notes.part'));
    assert.ok((await createFolderTarget(folder).list()).every(({ name: each }) => each !== 'notes.part'));
  });

  test(
    'a disk that is full is said so, and holds no half backup',
    { skip: !isRoot && 'only root may mount a disk' },
    async (t) => {
      const disk = mountDisk(t, 2);
      const target = createFolderTarget(disk);
      const source = Readable.from(Array.from({ length: 40 }, () => Buffer.alloc(100_000, 1)));
      await assert.rejects(
        target.put(nameAt('2026-11-17T01:17:00Z'), source, never),
        /BACKUP_DIR .* disk is full/,
      );
      assert.deepEqual(readdirSync(disk), []);
    },
  );
});

suite('backups in a container of Azure', { skip: azuriteIsMissing }, () => {
  let azurite: Azurite;
  before(async () => {
    azurite = await startAzurite();
  });
  after(() => azurite?.stop());
  testTarget(() =>
    createAzureTarget({
      connectionString: azurite.connectionString,
      accountUrl: null,
      clientId: null,
      containerName: 'backups-of-a-test',
      log,
    }),
  );
});
