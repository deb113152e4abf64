/**
 * Text for comparing without regard to case, in no particular language. Follows Unicode's full case folding (ß is
 * ss, final ς is σ), except that the four Turkish letters I ı İ i are one: folding by one language's rules would
 * call right answers of the other wrong ("ISPARTA" is "ısparta" in Turkish, "ISTANBUL" is "istanbul" elsewhere).
 */
export function foldCase(text: string): string {
  // Down and up: ẞ → ß → SS. Case of its own, "İ" goes down to an i with a combining dot.
  const upper = text.normalize('NFC').toLowerCase().replaceAll('i\u0307', 'i').toUpperCase();
  return upper.normalize('NFC');
}

/**
 * Marks that a reader may leave out: those of Latin, Greek and Cyrillic, Arabic tashkeel and hamza, Hebrew points.
 * Never the vowel signs of Indic scripts or Thai, nor the Japanese voicing marks: without them it is another word.
 */
const ACCENTS =
  /[[\p{Mn}&&[\p{sc=Inherited}\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Arabic}\p{sc=Hebrew}\p{sc=Syriac}]]--[\u3099\u309A]]/gv;

/** Arabic's tatweel only makes a word longer. */
const TATWEEL = /\u0640/g;

/** Letters whose stroke or bond Unicode does not take apart. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', ẞ: 'SS', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', ø: 'o', Ø: 'O', ł: 'l', Ł: 'L', đ: 'd', Đ: 'D' },
  ...{ ð: 'd', Ð: 'D', þ: 'th', Þ: 'TH', ħ: 'h', Ħ: 'H', ŧ: 't', Ŧ: 'T', ı: 'i', ŋ: 'n', Ŋ: 'N' },
};
const JOINED = new RegExp(`[${Object.keys(PLAIN_LETTERS).join('')}]`, 'gu');

/** `text` in NFC without accents: "Crème brûlée" → "Creme brulee", "Łódź" → "Lodz", "مُحَمَّد" → "محمد". */
export function stripAccents(text: string): string {
  return text
    .normalize('NFD')
    .replace(ACCENTS, '')
    .replace(TATWEEL, '')
    .replace(JOINED, (letter) => PLAIN_LETTERS[letter] ?? letter)
    .normalize('NFC');
}
