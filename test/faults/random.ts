import type { TestContext } from 'node:test';

export type Random = {
  /** Whole, from 0 to below `limit`. */
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
};

/** Numbers that another run draws again with `FAULTS_SEED`, which the test's report tells (mulberry32). */
export function seededRandom(t: TestContext): Random {
  const seed = Number(process.env['FAULTS_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  t.diagnostic(`FAULTS_SEED=${seed}`);
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    pick(list) {
      const item = list[below(list.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
  };
}
