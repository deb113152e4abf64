import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { keptWhileUsed } from './kept-while-used.ts';

suite('what is kept while it is used', () => {
  test('is loaded once for all who ask, and again when nobody has asked for a while', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    let loads = 0;
    const get = keptWhileUsed(async () => ++loads, 1_000);
    assert.deepEqual(await Promise.all([get(), get()]), [1, 1]);
    t.mock.timers.tick(999);
    assert.equal(await get(), 1);
    t.mock.timers.tick(999);
    assert.equal(await get(), 1);
    t.mock.timers.tick(1_000);
    assert.equal(await get(), 2);
  });

  test('is loaded again after a failure', async () => {
    let tries = 0;
    const get = keptWhileUsed(async () => {
      tries += 1;
      if (tries === 1) throw new Error('not yet');
      return tries;
    }, 1_000);
    await assert.rejects(get(), /not yet/);
    assert.equal(await get(), 2);
  });
});
