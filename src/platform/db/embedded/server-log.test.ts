import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { testPlace } from './embedded-testing.ts';
import { boundLog, readLogSince } from './server-log.ts';

suite('log of the server', () => {
  test('a log within the bound is left alone, a larger one becomes the older part', (t) => {
    const file = path.join(testPlace(t).dataDir, 'postgres.log');
    boundLog(file, 10);
    writeFileSync(file, '0123456789');
    boundLog(file, 10);
    assert.equal(readFileSync(file, 'utf8'), '0123456789');
    appendFileSync(file, '!');
    boundLog(file, 10);
    assert.equal(readFileSync(file, 'utf8'), '');
    assert.equal(readFileSync(`${file}.1`, 'utf8'), '0123456789!');
  });

  test('what was written since is read, also when the log was cut meanwhile', (t) => {
    const file = path.join(testPlace(t).dataDir, 'postgres.log');
    writeFileSync(file, 'before after');
    assert.equal(readLogSince(file, 7), 'after');
    writeFileSync(file, 'new');
    assert.equal(readLogSince(file, 7), 'new');
  });
});
