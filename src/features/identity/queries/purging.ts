// A chunk at a time, for a statement may not take longer than the database allows.
export const purgedAtOnce = 5_000;

export async function inChunks(deleteSome: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let count = purgedAtOnce; count === purgedAtOnce; total += count) count = await deleteSome();
  return total;
}
