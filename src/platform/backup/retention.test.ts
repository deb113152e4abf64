import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chooseOutdated } from './retention.ts';

const at = (...times: string[]) => times.map((time) => ({ takenAt: new Date(time) }));
const left = (backups: { takenAt: Date }[], keep: Parameters<typeof chooseOutdated>[1]) => {
  const outdated = new Set(chooseOutdated(backups, keep));
  return backups
    .filter((backup) => !outdated.has(backup))
    .map(({ takenAt }) => takenAt.toISOString().slice(0, 16));
};

suite('which backups are kept', () => {
  test('the newest of each of the last days, and no more', () => {
    const backups = at('2026-11-25T01:17Z', '2026-11-24T01:17Z', '2026-11-24T00:17Z', '2026-11-23T01:17Z');
    const kept = left(backups, { days: 2, weeks: 0, months: 0 });
    assert.deepEqual(kept, ['2026-11-25T01:17', '2026-11-24T01:17']);
  });

  test('a further one of a day leaves the one of the night before it', () => {
    const backups = at('2026-11-25T14:00Z', '2026-11-25T01:17Z', '2026-11-24T15:00Z', '2026-11-24T01:17Z');
    const kept = left(backups, { days: 1, weeks: 0, months: 0 });
    assert.deepEqual(kept, ['2026-11-25T14:00', '2026-11-25T01:17', '2026-11-24T15:00']);
  });

  test('weeks begin on Monday, months on the first, all in UTC', () => {
    // 23 November 2026 is a Monday.
    const backups = at(
      '2026-11-23T00:00Z',
      '2026-11-21T23:59Z',
      '2026-11-16T00:00Z',
      '2026-11-01T00:00Z',
      '2026-10-31T23:59Z',
    );
    assert.deepEqual(left(backups, { days: 1, weeks: 2, months: 0 }), [
      '2026-11-23T00:00',
      '2026-11-21T23:59',
    ]);
    assert.deepEqual(left(backups, { days: 1, weeks: 0, months: 2 }), [
      '2026-11-23T00:00',
      '2026-10-31T23:59',
    ]);
  });

  test('a year of daily backups becomes 7 days, 5 weeks and 12 months of them', () => {
    const first = Date.parse('2025-11-26T01:17:00Z');
    const backups = Array.from({ length: 365 }, (_, day) => ({
      takenAt: new Date(first + day * 86_400_000),
    }));
    const kept = left(backups, { days: 7, weeks: 5, months: 12 });
    assert.ok(kept.length >= 19 && kept.length <= 24, String(kept.length));
    assert.equal(kept.at(-1), '2026-11-25T01:17');
    assert.equal(kept[0], '2025-12-31T01:17');
  });

  test('nothing goes because no backups were made for long, and the newest never', () => {
    const old = at('2020-01-01T00:00Z', '2020-01-02T00:00Z', '2020-01-03T00:00Z');
    assert.equal(left(old, { days: 3, weeks: 0, months: 0 }).length, 3);
    assert.deepEqual(left(old, { days: 0, weeks: 0, months: 0 }), ['2020-01-03T00:00']);
    assert.deepEqual(chooseOutdated([], { days: 1, weeks: 1, months: 1 }), []);
  });
});
