import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createEncryption } from './crypto.ts';
import { renewAll, type Sealed } from './renewal.ts';

const [oldKey, newKey, otherKey] = ['old', 'new', 'other'].map((text) => text.repeat(20)) as [
  string,
  string,
  string,
];

/** Values as a table holds them, read two at a time; `failAt` lets the replacing of one fail, once. */
function tableOf(values: Buffer[], failAt?: number) {
  let failing = failAt;
  return async (after: number | undefined) => {
    const from = after ?? 0;
    const sealed: Sealed[] = values.slice(from, from + 2).map((value, offset) => ({
      value,
      context: `row ${from + offset}`,
      replace: async (renewed) => {
        if (failing === from + offset) {
          failing = undefined;
          throw new Error('the connection broke');
        }
        values[from + offset] = renewed;
      },
    }));
    return { sealed, last: from + 2 < values.length ? from + 2 : undefined };
  };
}

suite('sealed values after a change of the key', () => {
  const seal = (key: string, index: number) =>
    createEncryption(key, null).encrypt(`value ${index}`, `row ${index}`);
  const both = createEncryption(newKey, oldKey);

  test('all that the previous key made are made anew, and can then be read without it', async () => {
    const values = [oldKey, newKey, oldKey, otherKey, oldKey].map(seal);
    assert.deepEqual(await renewAll(both, { isCounting: true }, tableOf(values)), {
      present: 1,
      renewed: 3,
      lost: 1,
    });
    assert.deepEqual(await renewAll(both, { isCounting: false }, tableOf(values)), {
      present: 1,
      renewed: 3,
      lost: 1,
    });
    assert.deepEqual(await renewAll(both, { isCounting: true }, tableOf(values)), {
      present: 4,
      renewed: 0,
      lost: 1,
    });
    const alone = createEncryption(newKey, null);
    assert.equal(alone.decrypt(values[4] ?? Buffer.alloc(0), 'row 4'), 'value 4');
  });

  test('one that breaks off goes on when it is begun again', async () => {
    const values = [oldKey, oldKey, oldKey].map(seal);
    const table = tableOf(values, 1);
    await assert.rejects(renewAll(both, { isCounting: false }, table), /the connection broke/);
    assert.deepEqual(await renewAll(both, { isCounting: false }, table), { present: 1, renewed: 2, lost: 0 });
  });
});
