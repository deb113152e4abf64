import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { testPlace } from './embedded-testing.ts';
import { claimDataDir } from './owner-file.ts';
import { processStart } from './process-identity.ts';

const CONTENDER = `
const { claimDataDir } = await import(process.argv[1]);
process.stdin.once('data', (moment) => {
  while (Date.now() < Number(moment)) {}
  try { claimDataDir(process.argv[2]); console.log('won'); } catch (error) { console.log(error.code); }
});
console.log('waits');`;

suite('owner of the data folder', () => {
  const leftBehind: Record<string, string | undefined> = {
    'no file': undefined,
    'the file of a dead owner': JSON.stringify({ id: 'abc', pid: 2 ** 30, startedAt: 'then' }),
    'a file cut short by a crash of the machine': '{"id": "a',
  };
  for (const [name, content] of Object.entries(leftBehind)) {
    test(`of six who claim at once exactly one gets it, where there is ${name}`, async (t) => {
      const { dataDir, atEnd } = testPlace(t);
      if (content !== undefined) writeFileSync(path.join(dataDir, 'owner.json'), content);
      const url = new URL('./owner-file.ts', import.meta.url).href;
      const contenders = Array.from({ length: 6 }, () =>
        spawn(process.execPath, ['--input-type=module', '-e', CONTENDER, url, dataDir]),
      );
      const ends = contenders.map((contender) => once(contender, 'exit'));
      atEnd(() => {
        for (const contender of contenders) contender.kill('SIGKILL');
        return Promise.all(ends);
      });
      await Promise.all(contenders.map((contender) => once(contender.stdout, 'data')));
      const answers = contenders.map((contender) => once(contender.stdout, 'data'));
      // All spin until the same moment, for a close race.
      const moment = Date.now() + 50;
      for (const contender of contenders) contender.stdin.write(String(moment));
      const words = (await Promise.all(answers)).map((chunk) => String(chunk).trim());
      assert.deepEqual(words.toSorted(), ['in_use', 'in_use', 'in_use', 'in_use', 'in_use', 'won']);
    });
  }

  test('a dead owner whom a living process is just succeeding is not succeeded by another', (t) => {
    const { dataDir } = testPlace(t);
    const file = path.join(dataDir, 'owner.json');
    writeFileSync(file, JSON.stringify({ id: 'abc', pid: 2 ** 30, startedAt: 'then' }));
    const faster = { id: 'def', pid: process.pid, startedAt: processStart(process.pid) };
    writeFileSync(`${file}.abc`, JSON.stringify(faster));
    assert.throws(() => claimDataDir(dataDir), { code: 'in_use' });
    assert.match(readFileSync(file, 'utf8'), /"abc"/);
  });

  test('nothing but the own file is there while one owns, and that goes with the release', (t) => {
    const { dataDir } = testPlace(t);
    const file = path.join(dataDir, 'owner.json');
    writeFileSync(file, JSON.stringify({ id: 'abc', pid: 2 ** 30, startedAt: 'then' }));
    const release = claimDataDir(dataDir);
    assert.deepEqual(readdirSync(dataDir), ['owner.json']);
    assert.throws(() => claimDataDir(dataDir), { code: 'in_use' });
    release();
    assert.deepEqual(readdirSync(dataDir), []);
  });

  test('who died while succeeding a dead owner is succeeded in turn', (t) => {
    const { dataDir } = testPlace(t);
    const file = path.join(dataDir, 'owner.json');
    writeFileSync(file, JSON.stringify({ id: 'abc', pid: 2 ** 30, startedAt: 'then' }));
    writeFileSync(`${file}.abc`, JSON.stringify({ id: 'def', pid: 2 ** 30, startedAt: 'then' }));
    claimDataDir(dataDir)();
    assert.deepEqual(readdirSync(dataDir), []);
  });
});
