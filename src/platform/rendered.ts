import { renderMarkdown } from './markdown.ts';

/** HTML of a Markdown text. */
export type Render = (markdown: string) => string;

const maxKeptCharacters = 16_000_000;

/**
 * Keeps what it rendered, and forgets first what was not used longest: a text is read far more often than it is written.
 * Rendering costs about a microsecond a character and a tenth of a millisecond for its watch; finding a text that is
 * kept, some thousandth of that.
 */
export function createRender(maxCharacters = maxKeptCharacters, render: Render = renderMarkdown): Render {
  const kept = new Map<string, string>();
  let characters = 0;
  return (markdown) => {
    const html = kept.get(markdown) ?? render(markdown);
    if (!kept.delete(markdown)) characters += markdown.length + html.length;
    kept.set(markdown, html);
    for (const [oldest, text] of kept) {
      if (characters <= maxCharacters) break;
      kept.delete(oldest);
      characters -= oldest.length + text.length;
    }
    return html;
  };
}
