import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { editDistance, findNearest } from './nearest.ts';

suite('nearest name', () => {
  test('a swap of neighbours, an omission, an addition and a replacement count one each', () => {
    assert.equal(editDistance('PROT', 'PORT'), 1);
    assert.equal(editDistance('PRT', 'PORT'), 1);
    assert.equal(editDistance('PORTS', 'PORT'), 1);
    assert.equal(editDistance('PIRT', 'PORT'), 1);
    assert.equal(editDistance('kitten', 'sitting'), 3);
    assert.equal(editDistance('', 'PORT'), 4);
  });

  test('the distance is symmetric, nought for the same alone, and never more than the longer text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (left, right) => {
        const distance = editDistance(left, right);
        assert.equal(distance, editDistance(right, left));
        assert.equal(distance === 0, left === right);
        assert.ok(distance <= Math.max(left.length, right.length));
        assert.ok(distance >= Math.abs(left.length - right.length));
      }),
    );
  });

  test('the nearest is found without regard to case, and nothing where all are far', () => {
    const known = ['PORT', 'HOST', 'DATABASE_URL'];
    assert.equal(findNearest('databaseurl', known), 'DATABASE_URL');
    assert.equal(findNearest('HOTS', known), 'HOST');
    assert.equal(findNearest('QQQQQQ', known), undefined);
  });
});
