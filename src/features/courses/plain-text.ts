import { renderMarkdown } from '#platform/markdown.ts';

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  amp: '&',
  '#39': "'",
  nbsp: ' ',
};
const maxSummaryLength = 280;

/** The words of a Markdown text, without its marks. */
export function plainTextOf(markdown: string): string {
  return renderMarkdown(markdown)
    .replaceAll(/<\/(?:p|h\d|li|blockquote|td|th|pre)>|<(?:br|hr)[^>]*>/g, '\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(#39|[a-z]+);/g, (whole, name: string) => entities[name] ?? whole)
    .replaceAll(/\s*\n\s*/g, '\n')
    .trim();
}

/** The beginning of a plain text in one line of at most 280 characters, cut between words where there are any. */
export function summaryOf(plainText: string): string {
  const line = plainText.replaceAll(/\s+/g, ' ');
  const characters = Array.from(line);
  if (characters.length <= maxSummaryLength) return line;
  const start = characters.slice(0, maxSummaryLength - 1).join('');
  const words = start.slice(0, Math.max(0, start.lastIndexOf(' ')));
  return `${words.length > start.length / 2 ? words : start}…`;
}
