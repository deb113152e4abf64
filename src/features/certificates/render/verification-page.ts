import { escapeHtml, foreign } from '#platform/pages/html.ts';
import { renderPage, type PageParts } from '#platform/pages/page.ts';
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

// The icons differ in shape, so that the status is told by more than colour.
const LOOKS: Record<PageKind, Pick<PageParts, 'tone' | 'icon'>> = {
  valid: { tone: 'good', icon: 'tick' },
  revoked: { tone: 'bad', icon: 'cross' },
  expired: { tone: 'warning', icon: 'clock' },
  notFound: { tone: 'neutral', icon: 'question' },
};

function htmlDocument(words: VerificationWords, kind: PageKind, content: string[]): string {
  return renderPage({
    ...LOOKS[kind],
    language: words.language,
    heading: words.heading[kind],
    explanation: escapeHtml(words.explanation[kind]),
    content,
    style: verificationStyle,
  });
}

/** A term and its value; `html` is escaped already. */
function fact(term: string, html: string, kind = 'fact'): string {
  return `<div class="${kind}"><dt>${escapeHtml(term)}</dt><dd>${html}</dd></div>`;
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
