import { stripAccents } from '#platform/text.ts';

/** How PostgreSQL calls its text search configurations, by the language that a BCP 47 tag begins with. */
const configurations: Readonly<Record<string, string>> = {
  ...{ ar: 'arabic', hy: 'armenian', eu: 'basque', ca: 'catalan', da: 'danish', nl: 'dutch', en: 'english' },
  ...{ fi: 'finnish', fr: 'french', de: 'german', el: 'greek', hi: 'hindi', hu: 'hungarian' },
  ...{ id: 'indonesian', ga: 'irish', it: 'italian', lt: 'lithuanian', ne: 'nepali', nb: 'norwegian' },
  ...{ nn: 'norwegian', no: 'norwegian', pt: 'portuguese', ro: 'romanian', ru: 'russian', sr: 'serbian' },
  ...{ es: 'spanish', sv: 'swedish', ta: 'tamil', tr: 'turkish', yi: 'yiddish' },
};
/** Those that every supported PostgreSQL has. */
export const searchConfigurations: readonly string[] = [...new Set(Object.values(configurations))];

/** A letter or digit with its marks. */
const letter = String.raw`[\p{L}\p{N}]\p{M}*`;
const word = new RegExp(`(?:${letter})+`, 'gu');
/** Scripts that put no space between words; ー belongs to both kana. */
const unspaced = /^[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Mymr}]/u;

export type SearchTerm = {
  text: string;
  /** PostgreSQL's tsquery over the lexemes of `searchWords`. Holds letters and digits only between its quotes. */
  lexemes: string;
  /** Whether the lexemes alone would also find texts that have the term's letters in other places. */
  isLoose: boolean;
};

export type SearchDocument = {
  configuration: string | null;
  titleWords: string;
  descriptionWords: string;
  text: string;
};

/** What is stored of a course for searching. `description` is plain text. */
export function searchDocumentOf(course: {
  title: string;
  description: string;
  language: string;
}): SearchDocument {
  return {
    configuration: configurationOf(course.language),
    titleWords: searchWords(course.title),
    descriptionWords: searchWords(course.description),
    text: foldForSearch(`${course.title}\n${course.description}`),
  };
}

export function configurationOf(language: string): string | null {
  return configurations[language.toLowerCase().split('-')[0] ?? ''] ?? null;
}

/** Lower case without accents, vowel points and widths, for comparing in any language. */
export function foldForSearch(text: string): string {
  return stripAccents(text.normalize('NFKC').toLowerCase()).normalize('NFKC');
}

/**
 * The words of a text, parted by spaces and without any other sign, so that PostgreSQL's parser has nothing to
 * guess ("node.js" would be a host). Where a script has no spaces, its pairs of letters stand for words:
 * 日本茶 → 日本 本茶 茶; the last letter alone, so that it is found by itself.
 */
export function searchWords(text: string): string {
  return piecesOf(text)
    .flatMap((piece) => (piece.isUnspaced ? [...pairsOf(piece.text), lastOf(piece.text)] : [piece.text]))
    .join(' ');
}

/** What a reader's words ask for; the first ten of them. Empty where there is no letter or digit. */
export function searchTermsOf(query: string): SearchTerm[] {
  return piecesOf(query)
    .slice(0, 10)
    .map(({ text, isUnspaced }) => {
      const pairs = isUnspaced ? pairsOf(text) : [];
      const lexemes = pairs.length === 0 ? `'${text}':*` : pairs.map((pair) => `'${pair}'`).join(' & ');
      return { text, lexemes, isLoose: pairs.length > 1 };
    });
}

type Piece = { text: string; isUnspaced: boolean };

function piecesOf(text: string): Piece[] {
  const words = foldForSearch(text).match(word) ?? [];
  return words.flatMap((each) => {
    const pieces: Piece[] = [];
    for (const sign of each.match(new RegExp(letter, 'gu')) ?? []) {
      const isUnspaced = unspaced.test(sign);
      const last = pieces.at(-1);
      if (last?.isUnspaced === isUnspaced) last.text += sign;
      else pieces.push({ text: sign, isUnspaced });
    }
    return pieces;
  });
}

function pairsOf(text: string): string[] {
  const letters = text.match(new RegExp(letter, 'gu')) ?? [];
  return letters.slice(1).map((sign, i) => `${letters[i] ?? ''}${sign}`);
}

function lastOf(text: string): string {
  return (text.match(new RegExp(letter, 'gu')) ?? []).at(-1) ?? '';
}
