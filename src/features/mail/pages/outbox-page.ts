import type { ReadMessage } from '#platform/mail/eml.ts';
import { escapeHtml } from '#platform/pages/html.ts';
import { renderPage } from '#platform/pages/page.ts';
import { pageStyle } from '#platform/pages/style.ts';

export type OutboxMessage = ReadMessage & { id: string };

/** The only style sheet of these pages, exactly as it stands between `<style>` and `</style>`. */
export const outboxStyle = `${pageStyle}main { max-width: 52rem; }
ul { list-style: none; padding: 0; }
li + li { border-top: 1px solid var(--line); }
li a { display: grid; gap: 0.1rem; padding: 0.85rem 1.5rem; color: inherit; text-decoration: none; overflow-wrap: anywhere; }
li a:hover { background: var(--neutral-soft); }
li strong { color: var(--accent); }
.about, dt { color: var(--muted); font-size: 0.875rem; }
dl { padding: 1rem 1.5rem; border-bottom: 1px solid var(--line); }
dl > div { display: grid; grid-template-columns: minmax(5rem, 10rem) 1fr; gap: 1rem; padding: 0.2rem 0; overflow-wrap: anywhere; }
dd { min-width: 0; }
@media (max-width: 30rem) { dl > div { grid-template-columns: 1fr; gap: 0; } }
iframe { display: block; width: 100%; height: 46rem; border: 0; background: var(--page); }
details { border-top: 1px solid var(--line); }
summary { padding: 1rem 1.5rem; cursor: pointer; font-weight: 600; }
pre { padding: 0 1.5rem 1.5rem; font: 0.875rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
`;

const shownHeaders = ['From', 'To', 'Date', 'Content-Language', 'Message-ID', 'List-Unsubscribe'];

/** What would have been mailed, newest first. */
export function renderOutboxPage(messages: readonly OutboxMessage[]): string {
  const items = messages.map(
    (message) =>
      `<li><a href="/outbox/${message.id}"><strong dir="auto">${escapeHtml(header(message, 'Subject'))}</strong><span class="about"><bdi dir="ltr">${escapeHtml(header(message, 'To'))}</bdi> · <bdi>${escapeHtml(header(message, 'Date'))}</bdi></span></a></li>`,
  );
  return renderPage({
    language: 'en',
    tone: 'neutral',
    icon: 'envelope',
    heading: 'Outbox',
    explanation:
      messages.length === 0
        ? 'No mail has been written yet. No mail server is in use, so mails are kept here.'
        : 'No mail server is in use: these mails went to nobody. The newest is first.',
    content: messages.length === 0 ? [] : [`<ul>${items.join('\n')}</ul>`],
    style: outboxStyle,
  });
}

/** One message: its headers, its HTML as a mail program shows it, its text. */
export function renderMessagePage(message: OutboxMessage): string {
  const facts = shownHeaders.flatMap((name) => {
    const value = header(message, name);
    return value === ''
      ? []
      : [`<div><dt>${name}</dt><dd><bdi dir="ltr">${escapeHtml(value)}</bdi></dd></div>`];
  });
  return renderPage({
    language: 'en',
    tone: 'neutral',
    icon: 'envelope',
    heading: header(message, 'Subject'),
    explanation: '<a href="/outbox">All mails</a>',
    content: [
      `<dl>${facts.join('\n')}</dl>`,
      `<iframe src="/outbox/${message.id}/html" title="The mail as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`,
      `<details><summary>As plain text</summary><pre dir="auto">${escapeHtml(message.text)}</pre></details>`,
    ],
    style: outboxStyle,
  });
}

function header({ headers }: OutboxMessage, name: string): string {
  return headers.get(name.toLowerCase()) ?? '';
}
