import type { FramedContent } from './framed-content.ts';

/** The mail as plain text. Lines are not broken: programs that show text do. */
export function renderText(content: FramedContent): string {
  const { heading, greeting, paragraphs, facts = [], invitation, button, link, notes = [] } = content;
  const { footer, unsubscribe } = content;
  const links = [button, link].flatMap((each) => (each ? [`${each.label}:\n${each.url}`] : []));
  const parts = [
    heading,
    greeting,
    ...paragraphs,
    ...(facts.length > 0 ? [facts.map(([label, value]) => `${label}: ${value}`).join('\n')] : []),
    ...(invitation === undefined ? [] : [invitation]),
    ...links,
    ...notes,
    ['-- ', footer, ...(unsubscribe ? [`${unsubscribe.label}: ${unsubscribe.url}`] : [])].join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}
