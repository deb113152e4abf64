import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { v7 } from 'uuid';
import { newId } from '#platform/ids.ts';
import { MailError } from './mail-error.ts';
import {
  listOutbox,
  maxOutboxMessages,
  purgeOutbox,
  readFromOutbox,
  removeFromOutbox,
  writeToOutbox,
} from './outbox.ts';

const isRoot = process.getuid?.() === 0;

suite('the outbox', () => {
  test('a message written again is still one, and only its owner reads it', async (t) => {
    const dataDir = newFolder(t);
    const id = newId();
    await writeToOutbox({ dataDir }, id, Buffer.from('first'));
    await writeToOutbox({ dataDir }, id, Buffer.from('second'));
    assert.deepEqual(await listOutbox({ dataDir }, 10), [id]);
    assert.equal(String(await readFromOutbox({ dataDir }, id)), 'second');
    assert.equal(statSync(path.join(dataDir, 'outbox', `${id}.eml`)).mode & 0o777, 0o600);
    assert.equal(await readFromOutbox({ dataDir }, newId()), undefined);
  });

  test('what is of before a time goes, and what is named; the rest stays', async (t) => {
    const dataDir = newFolder(t);
    await purgeOutbox({ dataDir }, new Date());
    const old = v7({ msecs: Date.now() - 10_000 });
    const [named, other] = [newId(), newId()];
    for (const id of [old, named, other]) await writeToOutbox({ dataDir }, id, Buffer.from('x'));
    await purgeOutbox({ dataDir }, new Date(Date.now() - 9_000));
    await removeFromOutbox({ dataDir }, [named, newId()]);
    assert.deepEqual(await listOutbox({ dataDir }, 10), [other]);
  });

  test('keeps the newest, and clears up what a process left that died while it was writing', async (t) => {
    const dataDir = newFolder(t);
    const folder = path.join(dataDir, 'outbox');
    mkdirSync(folder);
    const ids = Array.from({ length: maxOutboxMessages + 5 }, newId);
    for (const id of ids) writeFileSync(path.join(folder, `${id}.eml`), '');
    const unfinished = path.join(folder, `${newId()}.1.part`);
    writeFileSync(unfinished, 'half');
    utimesSync(unfinished, 1, 1);
    const last = newId();
    await writeToOutbox({ dataDir }, last, Buffer.from('last'));
    const names = readdirSync(folder);
    assert.equal(names.length, maxOutboxMessages);
    assert.ok(!names.includes(`${ids[0]}.eml`));
    assert.deepEqual(await listOutbox({ dataDir }, 2), [last, ids.at(-1)]);
  });

  test(
    'a disk that is full is a failure that may pass, and leaves no half file',
    { skip: !isRoot && 'only root may mount a disk' },
    async (t) => {
      const dataDir = newFolder(t);
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dataDir]);
      assert.equal(mounted.status, 0, String(mounted.stderr));
      try {
        await writeToOutbox({ dataDir }, newId(), Buffer.alloc(1_000));
        await assert.rejects(
          writeToOutbox({ dataDir }, newId(), Buffer.alloc(200_000)),
          (error) =>
            error instanceof MailError && error.failure === 'temporary' && error.code === 'outbox_full',
        );
        assert.equal(readdirSync(path.join(dataDir, 'outbox')).length, 1);
        await writeToOutbox({ dataDir }, newId(), Buffer.alloc(1_000));
      } finally {
        spawnSync('umount', ['-l', dataDir]);
      }
    },
  );
});

function newFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'lms-outbox-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
