/**
 * Damerau–Levenshtein distance, in its optimal string alignment: the fewest insertions, deletions, replacements
 * and swaps of neighbours that turn one text into the other.
 */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1];
      let cost = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
      );
      const isSwap =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (isSwap) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, right.length);
}

/** The known name nearest to a wrong one, or undefined where more than half of it would have to change. */
export function findNearest(name: string, known: readonly string[]): string | undefined {
  const folded = name.toUpperCase();
  let nearest: string | undefined;
  let distance = Math.ceil(name.length / 2) + 1;
  for (const candidate of known) {
    const candidateDistance = editDistance(folded, candidate);
    if (candidateDistance < distance) [nearest, distance] = [candidate, candidateDistance];
  }
  return nearest;
}

function at(row: number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
