import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createStoreCheck } from './store-check.ts';

suite('whether the store can be used', () => {
  const prepare = (check: () => Promise<void>) => {
    const at = { ms: 0, calls: 0 };
    const counted = () => {
      at.calls += 1;
      return check();
    };
    return { at, look: createStoreCheck({ check: counted }, { now: () => at.ms, patienceMs: 20 }) };
  };

  test('is asked once in a while, not by each probe', async () => {
    const { at, look } = prepare(async () => {});
    for (let probe = 0; probe < 5; probe += 1) assert.equal(await look(), 'ok');
    assert.equal(at.calls, 1);
    at.ms = 11_000;
    await Promise.all([look(), look()]);
    assert.equal(at.calls, 2);
  });

  test('is told anew when it changes', async () => {
    let isAway = false;
    const { at, look } = prepare(async () => {
      if (isAway) throw new Error('away');
    });
    assert.equal(await look(), 'ok');
    isAway = true;
    at.ms = 11_000;
    assert.equal(await look(), 'ok', 'the last answer, while it is asked again');
    await nextTurn();
    assert.equal(await look(), 'failed');
    isAway = false;
    at.ms = 100_000;
    assert.equal(await look(), 'ok', 'an old answer is not given');
  });

  test('no probe waits for a store that hangs, and none asks it twice at once', async () => {
    const { at, look } = prepare(() => new Promise(() => {}));
    assert.deepEqual(await Promise.all([look(), look()]), ['failed', 'failed']);
    assert.equal(await look(), 'failed');
    assert.equal(at.calls, 1);
  });
});
