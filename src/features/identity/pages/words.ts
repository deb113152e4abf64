import { pageLanguageOf, type PageLanguage } from '#platform/pages/languages.ts';
import type { AccountWords } from './account-words.ts';
import { ar } from './words/ar.ts';
import { de } from './words/de.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

const words: Record<PageLanguage, AccountWords> = { en, ar, de, es };

/** Words for a BCP 47 locale; English for languages that there are none in. */
export function accountWords(locale: string): AccountWords {
  return words[pageLanguageOf(locale)];
}
