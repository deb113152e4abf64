// Characters that only turn text round: a name must not rearrange the page around it. The marks LRM, RLM and ALM stay.
const DIRECTION_OVERRIDES = /[\u202A-\u202E\u2066-\u2069]/g;

/**
 * Text as it is drawn: one line, single spaces, no control characters or
 * direction overrides, marks composed with their letters where Unicode has
 * the letter (fonts place those best). Characters without marks stay as they
 * are, so that a compatibility ideograph in a name keeps its own form.
 */
export function drawableText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(DIRECTION_OVERRIDES, '')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll(/\P{M}\p{M}+/gu, (cluster) => cluster.normalize('NFC'))
    .trim();
}

/** Splits text into user-perceived characters. */
export function graphemes(text: string): string[] {
  return Array.from(
    new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text),
    ({ segment }) => segment,
  );
}
