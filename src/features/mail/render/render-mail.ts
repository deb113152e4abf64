import { preferenceOf, type MailKind, type MailModels } from '../kinds.ts';
import type { MailWords } from '../words.ts';
import type { FramedContent } from './framed-content.ts';
import { renderHtml } from './html.ts';
import { isolate, isolateForeign, withoutIsolates } from './isolate.ts';
import { renderText } from './text.ts';

export type MailFrame = {
  /** Whose mail it is; null where the address is not confirmed. */
  recipientName: string | null;
  projectName: string;
  /** Where mails of this kind are switched off; null for kinds that cannot be. */
  unsubscribeUrl: string | null;
};

export type RenderedMail = { subject: string; text: string; html: string; headers: Record<string, string> };

/** One mail in one language: the same content as text and as HTML, and the headers that go with its kind. */
export function renderMail<Kind extends MailKind>(
  kind: Kind,
  model: MailModels[Kind],
  words: MailWords,
  frame: MailFrame,
): RenderedMail {
  const { direction } = words;
  const projectName = isolate(frame.projectName, direction);
  const url = preferenceOf(kind) === undefined ? null : frame.unsubscribeUrl;
  const content: FramedContent = {
    ...words.mails[kind](isolateForeign(model, direction), projectName),
    greeting: words.greeting(frame.recipientName && isolate(frame.recipientName, direction)),
    footer: words.footer(projectName),
    projectName: frame.projectName,
    unsubscribe: url === null ? null : { label: words.unsubscribe, url },
  };
  return {
    subject: withoutIsolates(content.subject),
    text: renderText(content),
    html: renderHtml(content, words),
    headers: {
      'Content-Language': words.language,
      ...(url !== null && {
        'List-Unsubscribe': `<${url}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
  };
}
