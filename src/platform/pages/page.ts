import { createHash } from 'node:crypto';
import { escapeHtml } from './html.ts';
import { directionOf, type PageLanguage } from './languages.ts';

/** The state that a page tells, by its colour; its icon tells it too. */
export type PageTone = 'good' | 'bad' | 'warning' | 'neutral';

const icons = {
  tick: '<path d="m10.5 18.5 5 5 10-11"/>',
  cross: '<path d="m12 12 12 12m0-12L12 24"/>',
  clock: '<path d="M18 10v8l5.5 4"/>',
  question: '<path d="M13.5 14.5a4.5 4.5 0 1 1 6.3 4.1c-1.2.6-1.8 1.3-1.8 2.9M18 25.6v.2"/>',
  envelope: '<path d="M9.5 12.5h17v11h-17zl8.5 6.5 8.5-6.5"/>',
  lock: '<path d="M12 16.5h12v8.5H12zM14.5 16.5V14a3.5 3.5 0 0 1 7 0v2.5"/>',
} as const;

export type PageParts = {
  language: PageLanguage;
  tone: PageTone;
  icon: keyof typeof icons;
  heading: string;
  /** HTML. */
  explanation: string;
  /** HTML of what stands below the heading. */
  content: readonly string[];
  /** The only style sheet: `pageStyle`, and what the page adds. */
  style: string;
};

/** A whole HTML document without script, font or image; its style is allowed by its hash, see `pageHeaders`. */
export function renderPage({
  language,
  tone,
  icon,
  heading,
  explanation,
  content,
  style,
}: PageParts): string {
  return `<!doctype html>
<html lang="${language}" dir="${directionOf[language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(heading)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header class="${tone}">
<svg viewBox="0 0 36 36" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="18" cy="18" r="16"/>${icons[icon]}</svg>
<div>
<h1>${escapeHtml(heading)}</h1>
<p>${explanation}</p>
</div>
</header>
${content.join('\n')}
</main>
</body>
</html>
`;
}

/** Headers of a page with this style sheet: nothing from elsewhere, no frame, no trace of its address. */
export function pageHeaders(style: string, { mayPost }: { mayPost: boolean }): Record<string, string> {
  const hash = createHash('sha256').update(style).digest('base64');
  return {
    'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action ${mayPost ? "'self'" : "'none'"}; frame-ancestors 'none'`,
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex',
    vary: 'Accept-Language',
  };
}
