import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { unitsOf } from './units.ts';

test('every file of a run is in one unit; only files of one feature share one, ten at most', () => {
  const root = path.join(import.meta.dirname, '..', '..');
  const patterns = ['src/**/*.test.ts', 'test/*.test.ts'];
  const units = unitsOf(patterns, root);
  assert.deepEqual(units.flat().toSorted(), globSync(patterns, { cwd: root }).toSorted());
  const features = (unit: readonly string[]) =>
    new Set(unit.map((file) => /^src\/features\/[^/]+/.exec(file)?.[0] ?? file));
  for (const unit of units) {
    assert.ok(unit.length > 0 && unit.length <= 10);
    assert.equal(features(unit).size, 1, unit.join(', '));
  }
  assert.ok(units.some((unit) => unit.length > 3));
});
