// Longer headers name no more languages than a reader has.
const maxRanges = 20;

/**
 * The language of a page for a reader (RFC 9110, section 12.5.4): the range that they rank highest of those whose
 * primary subtag is among `supported`, such as `de-AT`; else the first supported.
 */
export function preferredLanguage<const T extends readonly [string, ...string[]]>(
  header: string | undefined,
  supported: T,
): string {
  const ranges = (header ?? '')
    .split(',', maxRanges)
    .map(rangeOf)
    .filter(({ weight }) => weight > 0)
    // The sort is stable: of equal weights the first named wins.
    .toSorted((a, b) => b.weight - a.weight);
  for (const { tag } of ranges) {
    if (tag === '*') return supported[0];
    const [primary = ''] = tag.toLowerCase().split('-');
    if (supported.includes(primary)) return tag;
  }
  return supported[0];
}

function rangeOf(text: string): { tag: string; weight: number } {
  const match = /^\s*(\*|[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3})\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/.exec(
    text,
  );
  return { tag: match?.[1] ?? '', weight: match ? Math.min(1, Number(match[2] ?? 1)) : 0 };
}
