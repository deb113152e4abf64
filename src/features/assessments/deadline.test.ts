import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { graceSeconds, isOverdue, secondsLeft, type Timed } from './deadline.ts';

const end = new Date('2026-01-01T12:00:00Z');
const after = (ms: number) => new Date(end.getTime() + ms);
const open: Timed = { status: 'inProgress', expires_at: end };

suite('the clock of an attempt', () => {
  test('is over when the grace is, to the millisecond', () => {
    assert.equal(isOverdue(open, after(graceSeconds * 1000 - 1)), false);
    assert.equal(isOverdue(open, after(graceSeconds * 1000)), true);
  });

  test('never ends what has no limit or is submitted', () => {
    const far = after(1e12);
    assert.equal(isOverdue({ status: 'inProgress', expires_at: null }, far), false);
    assert.equal(isOverdue({ status: 'graded', expires_at: end }, far), false);
    assert.equal(isOverdue({ status: 'needsGrading', expires_at: end }, far), false);
  });

  test('counts seconds down to 0, without the grace, and only while it runs', () => {
    assert.deepEqual(
      [-1001, -1000, -1, 0, 1].map((ms) => secondsLeft(open, after(ms))),
      [2, 1, 1, 0, 0],
    );
    assert.equal(secondsLeft({ status: 'graded', expires_at: end }, after(-1000)), null);
    assert.equal(secondsLeft({ status: 'inProgress', expires_at: null }, end), null);
  });
});
