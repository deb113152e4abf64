/** In code points: percent-encoded, a Japanese slug of this length still fits every address that browsers bear. */
export const MAX_SLUG_LENGTH = 80;

const FALLBACK = 'course';
/** Ids and slugs share a path segment; PostgreSQL reads a UUID without its hyphens too. */
const UUID_LIKE = /^[0-9a-f]{8}(-?)(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}$/;

/**
 * A course's slug from its title, for people to read: Latin letters are transliterated to ASCII where they can be
 * ("Grüße" → "gruesse", "Łódź" → "lodz"), every other script keeps its letters, vowel signs and digits in NFC, which
 * clients percent-encode and browsers show. Lower case, words joined by "-", at most 80 code points, cut between words
 * where that leaves at least half. Titles without a letter or digit give "course"; what would look like an id is
 * prefixed with it. Never empty, never begins or ends with "-", and a slug's own slug is itself.
 */
export function slugify(title: string): string {
  const words = plainLatin(visible(title)).match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? [];
  const slug = cutBetweenWords(words.join('-')) || FALLBACK;
  return UUID_LIKE.test(slug) ? `${FALLBACK}-${slug}` : slug;
}

/** The n-th try for a slug that is taken, from 1: base, base-2, base-3, …; each within the length. */
export function slugCandidate(base: string, n: number): string {
  if (n <= 1) return base;
  const suffix = `-${n}`;
  return cut(base, MAX_SLUG_LENGTH - suffix.length) + suffix;
}

/** Whether a text is a slug as it stands: what `slugify` would leave alone. */
export function isValidSlug(slug: string): boolean {
  // The length first: a slug of 80 code points has at most 160 code units, and what is longer costs no time.
  return slug.length <= 2 * MAX_SLUG_LENGTH && slugify(slug) === slug;
}

/** Lower case, in NFKC, without what is not seen (fillers, joiners, selectors) or parts no words (apostrophes, ™). */
function visible(title: string): string {
  const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Me}\u0640™℠'’ʼ＇׳״]/gu;
  const clean = (text: string) => text.normalize('NFKC').replace(unseen, '');
  const lower = clean(title.toWellFormed().replace(unseen, '')).toLowerCase().replaceAll('i\u0307', 'i');
  return clean(lower).normalize('NFKC');
}

/** As German readers write them where there is only ASCII; everybody else can read them so. */
const UMLAUTS: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue' };

/** Letters whose stroke or bond Unicode does not take apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ħ: 'h', ŧ: 't' },
  ...{ ı: 'i', ŋ: 'n', ĸ: 'k' },
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');

function plainLatin(text: string): string {
  return text
    .replace(/[äöü]/gu, (letter) => UMLAUTS[letter] ?? letter)
    .normalize('NFD')
    .replace(/(\p{sc=Latin})\p{Mn}+/gu, '$1')
    .replace(LETTER, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC');
}

function cutBetweenWords(slug: string): string {
  const short = cut(slug, MAX_SLUG_LENGTH);
  if (short === slug || Array.from(slug)[Array.from(short).length] === '-') return short;
  const words = short.slice(0, short.lastIndexOf('-'));
  return short.includes('-') && Array.from(words).length >= MAX_SLUG_LENGTH / 2 ? words : short;
}

/** Not between a letter and its marks, and without a hyphen at the end. */
function cut(slug: string, length: number): string {
  const characters = Array.from(slug);
  let end = Math.min(length, characters.length);
  while (end > 0 && end < characters.length && /\p{M}/u.test(characters[end] ?? '')) end -= 1;
  // One letter with more marks than fit is no word of any language: then the marks are cut.
  const kept = end === 0 ? characters.slice(0, length) : characters.slice(0, end);
  return kept.join('').replace(/-+$/, '');
}
