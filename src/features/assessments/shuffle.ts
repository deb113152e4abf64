/**
 * The items in an order that the seed alone decides, all orders being equally likely over seeds (Fisher–Yates). For
 * fairness, not for secrecy: who knows the seed knows the order. Attempts store the seed, so the order that a seed
 * gives must never change.
 */
export function shuffleBySeed<T>(items: readonly T[], seed: string): T[] {
  const shuffled = [...items];
  const next = createSfc32(seed);
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = below(next, last + 1);
    // Both indices lie within the array, whose elements may be undefined themselves.
    [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
  }
  return shuffled;
}

/** Uniform in 0…limit−1. Taking the remainder alone would favour small numbers. */
function below(next: () => number, limit: number): number {
  const fair = 2 ** 32 - (2 ** 32 % limit);
  let value = next();
  while (value >= fair) value = next();
  return value % limit;
}

/** Chris Doty-Humphrey's sfc32 (PractRand): 128 bits of state, 32 bits a step; seeded by FNV-1a from three bases. */
function createSfc32(seed: string): () => number {
  let a = fnv1a(seed, 0x811c9dc5);
  let b = fnv1a(seed, a ^ 0x9e3779b9);
  let c = fnv1a(seed, b ^ 0x85ebca6b);
  let counter = 1;
  const next = (): number => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  // Near seeds begin near each other; these steps part them.
  for (let step = 0; step < 20; step += 1) next();
  return next;
}

function fnv1a(text: string, basis: number): number {
  let hash = basis;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash | 0;
}
