import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createWindows } from './windows.ts';

suite('places for deliveries to one endpoint', () => {
  const run = (results: { isOk: boolean; durationMs: number }[]) => {
    const windows = createWindows();
    for (const result of results) {
      windows.started('a');
      windows.ended('a', result);
    }
    return windows.left()[0]?.left;
  };
  const quick = { isOk: true, durationMs: 5 };

  test('become more with each quick success, up to 32', () => {
    assert.equal(run([quick]), 5);
    assert.equal(run(Array.from({ length: 100 }, () => quick)), 32);
  });

  test('are two after a slow success and after a failure', () => {
    assert.equal(run([quick, quick, { isOk: true, durationMs: 1_000 }]), 2);
    assert.equal(run([quick, quick, { isOk: false, durationMs: 5 }]), 2);
  });

  test('are taken while deliveries are under way, and none is left below nothing', () => {
    const windows = createWindows();
    for (let count = 0; count < 4; count++) windows.started('a');
    windows.started('b');
    assert.equal(windows.count(), 5);
    assert.deepEqual(windows.left(), [
      { webhookId: 'a', left: 0 },
      { webhookId: 'b', left: 3 },
    ]);
    windows.ended('a', { isOk: false, durationMs: 5 });
    assert.deepEqual(windows.left()[0], { webhookId: 'a', left: 0 });
  });
});
