import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { judge } from './outcome.ts';
import type { Judgement, TestRecord } from './outcome.ts';

const HOW: Judgement = {
  allowedSkips: [
    { test: 'redis > counts', reason: 'needs redis-server', needs: ['redis-server'], allowedInCi: false },
    { test: 'a full disk', reason: 'only root may mount', needs: ['root'], allowedInCi: false },
    {
      test: 'a closed folder',
      reason: 'root may write everywhere',
      needs: ['another user than root'],
      allowedInCi: false,
    },
  ],
  isStrict: false,
  isRoot: false,
};

suite('the outcome of a run', () => {
  test('tests are counted, suites are not', () => {
    const outcome = judge([record(), record({ hasPassed: false }), record({ isSuite: true })], HOW);
    assert.deepEqual(counts(outcome), [1, 1, 0]);
  });

  test('a suite that fails by a hook of its own counts, one that fails by its tests does not', () => {
    const byHook = record({ isSuite: true, hasPassed: false });
    assert.equal(judge([record(), byHook], HOW).failed, 1);
    assert.equal(judge([record(), { ...byHook, hasOnlyFailedBelow: true }], HOW).failed, 0);
  });

  test('a listed skip is skipped and its reason told', () => {
    const outcome = judge([record({ name: 'redis > counts', skip: true })], HOW);
    assert.deepEqual(counts(outcome), [0, 0, 1]);
    assert.deepEqual(outcome.skips, ['redis > counts: needs redis-server']);
  });

  test('a skip that is not listed fails the run', () => {
    const outcome = judge([record({ name: 'redis > drops', skip: 'not today' })], HOW);
    assert.deepEqual(counts(outcome), [0, 1, 0]);
    assert.match(outcome.complaints[0] ?? '', /redis > drops/);
  });

  test('in CI a skip of what CI installs fails the run', () => {
    const skipped = [record({ name: 'redis > counts', skip: true })];
    assert.deepEqual(counts(judge(skipped, { ...HOW, isStrict: true })), [0, 1, 0]);
    const allowedSkips = HOW.allowedSkips.map((entry) => ({ ...entry, allowedInCi: true }));
    assert.deepEqual(counts(judge(skipped, { ...HOW, isStrict: true, allowedSkips })), [0, 0, 1]);
  });

  test('in CI what only root can be shown is skipped for others alone, and what only others can for root alone', () => {
    const outcomeOf = (name: string, isRoot: boolean) =>
      counts(judge([record({ name, skip: true })], { ...HOW, isStrict: true, isRoot }));
    assert.deepEqual(outcomeOf('a full disk', false), [0, 0, 1]);
    assert.deepEqual(outcomeOf('a full disk', true), [0, 1, 0]);
    assert.deepEqual(outcomeOf('a closed folder', true), [0, 0, 1]);
    assert.deepEqual(outcomeOf('a closed folder', false), [0, 1, 0]);
    assert.deepEqual(outcomeOf('redis > counts', true), [0, 1, 0]);
  });

  test('a listed skip whose test is gone fails the run of all files that it belongs to', () => {
    const listed = HOW.allowedSkips.slice(0, 1);
    const how = { ...HOW, allowedSkips: listed };
    assert.equal(judge([record()], { ...how, wholeRun: 'tests' }).failed, 1);
    assert.equal(judge([record()], { ...how, wholeRun: 'faults' }).failed, 0);
    assert.equal(judge([record()], how).failed, 0);
    const allowedSkips = listed.map((entry) => ({ ...entry, run: 'faults' as const }));
    assert.equal(judge([record()], { ...how, allowedSkips, wholeRun: 'faults' }).failed, 1);
    assert.equal(judge([record()], { ...how, allowedSkips, wholeRun: 'tests' }).failed, 0);
  });

  test('a run without tests fails', () => {
    assert.deepEqual(counts(judge([], HOW)), [0, 1, 0]);
  });

  test('the ten slowest tests come first the slowest', () => {
    const records = Array.from({ length: 12 }, (_, index) =>
      record({ name: `t${index}`, durationMs: index }),
    );
    assert.deepEqual(
      judge(records, HOW).slowest.map(({ name }) => name),
      ['t11', 't10', 't9', 't8', 't7', 't6', 't5', 't4', 't3', 't2'],
    );
  });
});

function counts({ passed, failed, skipped }: { passed: number; failed: number; skipped: number }): number[] {
  return [passed, failed, skipped];
}

function record(differing: Partial<TestRecord> = {}): TestRecord {
  return {
    name: 'a test',
    file: '/somewhere/a.test.ts',
    isSuite: false,
    hasPassed: true,
    durationMs: 1,
    skip: false,
    hasOnlyFailedBelow: false,
    ...differing,
  };
}
