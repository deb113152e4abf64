import { renderMarkdown } from '#platform/markdown.ts';

/** HTML of a Markdown text. `key` names the text and changes whenever the text does. */
export type Render = (key: string, markdown: string) => string;

const maxKeptCharacters = 16_000_000;

/**
 * Keeps what it rendered, the latest used last to be forgotten: a lesson is read far more often than it is
 * written, and rendering costs about a microsecond a character.
 */
export function createRender(maxCharacters = maxKeptCharacters): Render {
  const kept = new Map<string, string>();
  let characters = 0;
  return (key, markdown) => {
    const html = kept.get(key) ?? renderMarkdown(markdown);
    if (!kept.delete(key)) characters += html.length;
    kept.set(key, html);
    for (const [oldest, text] of kept) {
      if (characters <= maxCharacters) break;
      kept.delete(oldest);
      characters -= text.length;
    }
    return html;
  };
}
