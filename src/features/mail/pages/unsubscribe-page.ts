import type { NotificationKind } from '#features/notifications/policy.ts';
import { escapeHtml } from '#platform/pages/html.ts';
import type { PageLanguage } from '#platform/pages/languages.ts';
import { renderPage } from '#platform/pages/page.ts';
import { pageStyle } from '#platform/pages/style.ts';
import type { MailWords } from '../words.ts';

/** The only style sheet of the page, exactly as it stands between `<style>` and `</style>`. */
export const unsubscribeStyle = `${pageStyle}form, main > p { padding: 1.5rem; }
button {
  min-height: 3rem; padding: 0.6rem 1.5rem; border: 0; border-radius: 0.5rem; background: var(--accent); color: var(--card);
  font: inherit; font-weight: 600; cursor: pointer;
}
button:hover { filter: brightness(1.15); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
@media (min-width: 40rem) { form, main > p { padding: 1.75rem 2rem; } }
`;

/** `signInUrl`: of the front end, where there is one. */
export type PageContext = {
  words: MailWords;
  language: PageLanguage;
  projectName: string;
  signInUrl: string | null;
};

/** Asks before anything changes: mail programs follow links, too. */
export function renderQuestionPage(context: PageContext, kind: NotificationKind): string {
  const { page } = context.words;
  return render(context, {
    tone: 'neutral',
    icon: 'envelope',
    heading: page.title,
    explanation: page.question(page.kinds[kind]),
    content: [`<form method="post"><button>${escapeHtml(page.button)}</button></form>`],
  });
}

export function renderDonePage(context: PageContext, kind: NotificationKind): string {
  const { page } = context.words;
  return render(context, {
    tone: 'good',
    icon: 'tick',
    heading: page.doneTitle,
    explanation: `${page.done(page.kinds[kind])} ${page.account}`,
    content: [],
  });
}

/** For a link that we did not make; send it with 404. */
export function renderUnknownPage(context: PageContext): string {
  const { page } = context.words;
  return render(context, {
    tone: 'warning',
    icon: 'question',
    heading: page.unknownTitle,
    explanation: page.unknown,
    content:
      context.signInUrl === null
        ? []
        : [`<p><a href="${escapeHtml(context.signInUrl)}">${escapeHtml(page.signIn)}</a></p>`],
  });
}

type Parts = Pick<Parameters<typeof renderPage>[0], 'tone' | 'icon' | 'heading' | 'explanation' | 'content'>;

function render({ language, projectName }: PageContext, parts: Parts): string {
  const content = [...parts.content, `<footer>${escapeHtml(projectName)}</footer>`];
  const explanation = escapeHtml(parts.explanation);
  return renderPage({ ...parts, language, explanation, content, style: unsubscribeStyle });
}
