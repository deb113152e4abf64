import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import type { AllowedSkip } from './outcome.ts';

const containers = path.join(import.meta.dirname, '../containers');
const skips = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../skips.json'), 'utf8'),
) as AllowedSkip[];

suite('what may be skipped', () => {
  test('every suite of the containers is listed, for a machine without an engine', () => {
    const files = readdirSync(containers).filter((name) => name.endsWith('.test.ts'));
    const suites = files.map((name) => {
      const text = readFileSync(path.join(containers, name), 'utf8');
      return /^suite\('(.+)', \{ skip: noEngine \}/m.exec(text)?.[1] ?? assert.fail(`${name}: no suite`);
    });
    assert.deepEqual(
      suites.toSorted(),
      skips.flatMap(({ test: name, run }) => (run === 'containers' ? [name] : [])).toSorted(),
    );
  });

  test('everything listed says what it needs, and is listed once', () => {
    assert.deepEqual(
      skips.filter(({ needs, reason }) => needs.length === 0 || reason === ''),
      [],
    );
    assert.equal(new Set(skips.map(({ test: name }) => name)).size, skips.length);
  });
});
