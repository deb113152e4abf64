import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { MailWords } from './words.ts';

/** Every file of `languages/` is a language, by its BCP 47 primary subtag: adding one adds the language. */
export const mailLanguages: readonly string[] = readdirSync(path.join(import.meta.dirname, 'languages'))
  .flatMap((name) => (name.endsWith('.ts') ? [path.parse(name).name] : []))
  .toSorted();

/** The language for a BCP 47 locale: by its primary subtag, English for the rest. */
export function languageOf(locale: string): string {
  const [primary = ''] = locale.toLowerCase().split('-');
  return mailLanguages.includes(primary) ? primary : 'en';
}

/** The words of a language, loaded when first needed. */
export async function loadWords(language: string): Promise<MailWords> {
  const module = (await import(`./languages/${languageOf(language)}.ts`)) as { words: MailWords };
  return module.words;
}
