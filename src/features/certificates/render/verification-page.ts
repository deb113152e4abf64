import { verificationStyle } from './verification-style.ts';
import { verificationWords } from './verification-words.ts';
import type { VerificationStatus, VerificationWords } from './verification-words.ts';

/** What a stranger may know of a certificate. */
export interface VerificationPageInput {
  status: VerificationStatus;
  number: string;
  /** Null where the name may not be shown. */
  learnerName: string | null;
  courseTitle: string;
  /** BCP 47, of the course. */
  language: string;
  issuer: string;
  completedAt: Date;
  issuedAt: Date;
  revokedAt: Date | null;
  revocationReason: string | null;
  /** Absolute address of this page. */
  verifyUrl: string;
}

/**
 * The public verification page: a whole HTML document without script, its one
 * style being `verificationStyle`. Every value is escaped.
 *
 * @param locale the reader's, BCP 47: English, Arabic, German or Spanish, else English
 */
export function renderVerificationPage(input: VerificationPageInput, locale: string): string {
  const words = verificationWords(locale);
  const day = (date: Date): string => formatDay(date, locale, words);
  const name =
    input.learnerName === null
      ? `<span class="absent">${escapeHtml(words.nameNotShown)}</span>`
      : foreign(input.learnerName);
  const revocation = [
    ...(input.revokedAt ? [fact(words.revokedOn, day(input.revokedAt))] : []),
    ...(input.revocationReason === null ? [] : [fact(words.reason, foreign(input.revocationReason))]),
  ];
  const facts = [
    fact(words.awardedTo, name, 'learner'),
    fact(words.course, foreign(input.courseTitle, input.language), 'course'),
    ...(input.status === 'revoked' ? revocation : []),
    fact(words.issuer, foreign(input.issuer), 'fact'),
    fact(words.completedOn, day(input.completedAt)),
    fact(words.issuedOn, day(input.issuedAt)),
    fact(words.number, foreign(input.number), 'fact number'),
  ];
  const address = `<a href="${escapeHtml(input.verifyUrl)}"><bdi dir="ltr">${escapeHtml(input.verifyUrl)}</bdi></a>`;
  return htmlDocument(words, input.status, [
    `<dl>${facts.join('\n')}</dl>`,
    `<footer>${escapeHtml(words.address)} ${address}</footer>`,
  ]);
}

/** The page for a number under which nothing was issued; send it with 404. */
export function renderVerificationNotFoundPage(number: string, locale: string): string {
  const words = verificationWords(locale);
  return htmlDocument(words, 'notFound', [`<dl>${fact(words.number, foreign(number), 'fact number')}</dl>`]);
}

type PageKind = VerificationStatus | 'notFound';

// The shapes differ, so that the status is told by more than colour: tick, cross, clock hands, question mark.
const ICONS: Record<PageKind, string> = {
  valid: '<path d="m10.5 18.5 5 5 10-11"/>',
  revoked: '<path d="m12 12 12 12m0-12L12 24"/>',
  expired: '<path d="M18 10v8l5.5 4"/>',
  notFound: '<path d="M13.5 14.5a4.5 4.5 0 1 1 6.3 4.1c-1.2.6-1.8 1.3-1.8 2.9M18 25.6v.2"/>',
};

function htmlDocument(words: VerificationWords, kind: PageKind, content: string[]): string {
  const heading = escapeHtml(words.heading[kind]);
  return `<!doctype html>
<html lang="${words.language}" dir="${words.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>${heading}</title>
<style>${verificationStyle}</style>
</head>
<body>
<main>
<header class="${kind}">
<svg viewBox="0 0 36 36" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="18" cy="18" r="16"/>${ICONS[kind]}</svg>
<div>
<h1>${heading}</h1>
<p>${escapeHtml(words.explanation[kind])}</p>
</div>
</header>
${content.join('\n')}
</main>
</body>
</html>
`;
}

/** A term and its value; `html` is escaped already. */
function fact(term: string, html: string, kind = 'fact'): string {
  return `<div class="${kind}"><dt>${escapeHtml(term)}</dt><dd>${html}</dd></div>`;
}

/** Text in a language of its own: kept apart, so that its direction does not disturb the line. */
function foreign(text: string, language?: string): string {
  const lang = language === undefined ? '' : ` lang="${escapeHtml(language)}"`;
  return `<bdi dir="auto"${lang}>${escapeHtml(text)}</bdi>`;
}

function formatDay(date: Date, locale: string, words: VerificationWords): string {
  const options = { dateStyle: 'long', timeZone: 'UTC', calendar: 'gregory' } as const;
  // The reader's region where it is of the page's language ("en-GB"), else the language alone.
  const region =
    verificationWords(locale).language === locale.toLowerCase().split('-')[0] ? locale : words.language;
  const [supported = words.language] = supportedLocales(region);
  const text = new Intl.DateTimeFormat(supported, options).format(date);
  return `<time datetime="${date.toISOString().slice(0, 10)}">${escapeHtml(text)}</time>`;
}

/** Empty for a malformed tag, which `Intl` answers with a RangeError. */
function supportedLocales(locale: string): string[] {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale);
  } catch {
    return [];
  }
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => ESCAPES[char] ?? '');
}
