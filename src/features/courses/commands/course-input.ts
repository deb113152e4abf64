import { invalid, type Reason } from '#platform/errors.ts';

/** The tag in its canonical spelling (BCP 47: `EN-us` → `en-US`); undefined for what is none. */
export function canonicalLanguage(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

/** As above; throws 400. */
export function requireLanguage(tag: string): string {
  const language = canonicalLanguage(tag);
  if (language !== undefined) return language;
  throw invalid('The body is not valid.', [
    { path: '/language', code: 'language_unknown', message: 'It must be a BCP 47 tag, such as en or pt-BR.' },
  ]);
}

/** Throws 400 for what begins like an https address and is none. */
export function checkHttpsUrl(path: string, url: string | null | undefined): void {
  const reason = reasonOfUrl(path, url);
  if (reason) throw invalid('The body is not valid.', [reason]);
}

export function reasonOfUrl(path: string, url: string | null | undefined): Reason | undefined {
  if (url == null || URL.parse(url)?.protocol === 'https:') return undefined;
  return { path, code: 'url_invalid', message: 'It must be an https address.' };
}
