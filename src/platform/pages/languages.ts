import { preferredLanguage } from '#platform/http/accept-language.ts';

/**
 * The languages of pages, the first for readers of none of them. With one more here, each set of words says by its type
 * that it lacks it.
 */
export const pageLanguages = ['en', 'ar', 'de', 'es'] as const;
export type PageLanguage = (typeof pageLanguages)[number];

export const directionOf: Readonly<Record<PageLanguage, 'ltr' | 'rtl'>> = {
  en: 'ltr',
  ar: 'rtl',
  de: 'ltr',
  es: 'ltr',
};

/** The language of pages for a BCP 47 locale, by its primary subtag. */
export function pageLanguageOf(locale: string): PageLanguage {
  const [primary = ''] = locale.toLowerCase().split('-');
  return pageLanguages.find((language) => language === primary) ?? pageLanguages[0];
}

/** The reader's locale, of one of these languages, by their Accept-Language header. */
export function readerLocale(header: string | undefined): string {
  return preferredLanguage(header, pageLanguages);
}
