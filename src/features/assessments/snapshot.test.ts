import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Question } from './question.ts';
import { takeSnapshot } from './snapshot.ts';

const plain = { noNullPrototype: true } as const;
const common = { id: fc.uuid(), prompt: fc.string(), points: fc.nat(9) };
const options = fc.uniqueArray(
  fc.record({ id: fc.uuid(), text: fc.string(), isCorrect: fc.boolean() }, plain),
  {
    selector: ({ id }) => id,
    maxLength: 6,
  },
);
const question: fc.Arbitrary<Question> = fc.oneof(
  fc.record({ ...common, type: fc.constant('essay' as const) }, plain),
  fc.record({ ...common, type: fc.constant('single' as const), options }, plain),
);
const questions = fc.uniqueArray(question, { selector: ({ id }) => id, maxLength: 8 });

/** The snapshot as the questions it was taken of, options in a fixed order. */
function restored(snapshot: ReturnType<typeof takeSnapshot>): Question[] {
  return snapshot
    .map(({ sourceId, ...rest }) => inOrder({ ...rest, id: sourceId }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function inOrder(each: Question): Question {
  if (!('options' in each)) return each;
  return { ...each, options: each.options.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

suite('the snapshot of an attempt', () => {
  test('loses and changes nothing, under ids of its own, in one order a seed', () => {
    fc.assert(
      fc.property(questions, fc.string(), fc.boolean(), (authored, seed, isShuffled) => {
        const snapshot = takeSnapshot(authored, seed, isShuffled);
        assert.deepEqual(
          restored(snapshot),
          authored.map(inOrder).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        );
        const own = new Set(snapshot.map(({ id }) => id));
        assert.equal(own.size, authored.length);
        assert.ok(authored.every(({ id }) => !own.has(id)));
        const again = takeSnapshot(authored, seed, isShuffled);
        const withoutIds = (all: typeof snapshot) => all.map(({ id: _id, ...rest }) => rest);
        assert.deepEqual(withoutIds(again), withoutIds(snapshot));
      }),
    );
  });

  test('keeps the authored order of questions and options unless the quiz shuffles', () => {
    fc.assert(
      fc.property(questions, fc.string(), (authored, seed) => {
        const snapshot = takeSnapshot(authored, seed, false);
        assert.deepEqual(
          snapshot.map(({ sourceId, ...rest }) => ({ ...rest, id: sourceId })),
          authored,
        );
      }),
    );
  });
});
