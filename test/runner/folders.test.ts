import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { makeRunFolders } from './folders.ts';

const isRoot = process.getuid?.() === 0;

suite('the folders of a run', () => {
  test('are gone at its end, with all that stands in them', () => {
    const folders = makeRunFolders();
    const { folder, databaseFolder } = folders;
    for (const one of [folder, databaseFolder]) writeFileSync(path.join(one, 'something'), '');
    folders.remove();
    assert.deepEqual([existsSync(folder), existsSync(databaseFolder)], [false, false]);
  });

  test(
    'go without what a test that was cut off left mounted in them',
    { skip: !isRoot && 'only root may mount a disk' },
    () => {
      const folders = makeRunFolders();
      const { folder } = folders;
      const kept = mkdtempSync(path.join(tmpdir(), 'kept-'));
      writeFileSync(path.join(kept, 'file'), '');
      const place = path.join(folder, 'place');
      mkdirSync(place);
      assert.equal(spawnSync('mount', ['--bind', kept, place]).status, 0);
      folders.remove();
      assert.deepEqual([existsSync(folder), existsSync(path.join(kept, 'file'))], [false, true]);
      rmSync(kept, { recursive: true });
    },
  );
});
