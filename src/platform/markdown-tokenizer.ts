import { Tokenizer, type Tokens } from 'marked';

/** Blockquotes and lists inside one another, beyond which their markers are plain text. */
const MAX_CONTAINER_DEPTH = 20;
/** Emphasis, links and images inside one another, likewise. */
const MAX_INLINE_DEPTH = 20;
/** Lines of one list, beyond which a second list begins. */
const MAX_LIST_LINES = 300;
/** Lines that continue a blockquote without its ">", beyond which the text has no blockquotes. */
const MAX_LAZY_LINES = 500;

/**
 * marked's tokenizer with a bound on what a hostile text can make it do; an honest one reads the same. One a text:
 * it counts. Each bound answers an input that was measured, at 100 kB unless said otherwise:
 *
 * - ">>>>…", "1. 1. …": recursion until the stack overflows;
 * - "- a\na\na\na\n…": 13 s, quadratic in the lines of a list;
 * - "> a\nb\n> a\nb\n…": 2 s, quadratic in the lazy lines;
 * - "!!!!…", "a*a*…", "._._…": 3 to 11 s, in the search for e-mail addresses from every character on;
 * - "**a.**a.…", "](\\n**](\\n**…": seconds and an overflow, in the search for emphasis;
 * - a table of 25 000 columns and as many empty rows: 625 million cells;
 * - one long address that is referred to 30 000 times: gigabytes of HTML.
 */
export function createBoundedTokenizer(markdown: string): Tokenizer {
  const tokenizer = new Tokenizer();
  limitContainers(tokenizer, markdown);
  limitTables(tokenizer, markdown.length + 1000);
  limitEmphasis(tokenizer, 30 * markdown.length);
  limitReferences(tokenizer, markdown.length + 100_000);
  limitAddressSearch(tokenizer);
  return tokenizer;
}

function limitContainers(tokenizer: Tokenizer, markdown: string): void {
  const limited = nestingLimit(MAX_CONTAINER_DEPTH);
  const blockquote = tokenizer.blockquote.bind(tokenizer);
  const hasQuotes = countLazyLines(markdown) <= MAX_LAZY_LINES;
  if (hasQuotes) {
    tokenizer.blockquote = limited(blockquote);
  } else {
    tokenizer.blockquote = () => undefined;
    // Only marked's own function has its paragraphs joined with those above, which copies them each time.
    tokenizer.paragraph = tokenizer.paragraph.bind(tokenizer);
  }
  const list = tokenizer.list.bind(tokenizer);
  tokenizer.list = limited((src) => list(firstLinesOfList(src)));
}

type Tokenize<Args extends unknown[], T> = (...args: Args) => T | undefined;

/** Wraps tokenizers, so that together they match nothing more than `maxDepth` deep in one another. */
function nestingLimit(maxDepth: number) {
  let depth = 0;
  return <Args extends unknown[], T>(tokenize: Tokenize<Args, T>): Tokenize<Args, T> => {
    return (...args) => {
      if (depth >= maxDepth) return undefined;
      depth += 1;
      try {
        return tokenize(...args);
      } finally {
        depth -= 1;
      }
    };
  };
}

/** At most MAX_LIST_LINES, cut before an item of the outermost list where there is one. */
function firstLinesOfList(src: string): string {
  const indent = /^ {0,3}/.exec(src)?.[0].length ?? 0;
  let end = 0;
  let lastItem = 0;
  for (let lines = 0; lines < MAX_LIST_LINES; lines += 1) {
    if (lines > 0 && isItem(src, end, indent)) lastItem = end;
    const lineBreak = src.indexOf('\n', end);
    if (lineBreak === -1) return src;
    end = lineBreak + 1;
  }
  return src.slice(0, lastItem > 0 ? lastItem : end);
}

function isItem(src: string, lineStart: number, indent: number): boolean {
  const item = / {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]/y;
  item.lastIndex = lineStart;
  return item.test(src) && src.slice(lineStart, lineStart + indent + 1).trim() !== '';
}

/** Lines that are not empty and stand in fewer blockquotes than the line above. */
function countLazyLines(markdown: string): number {
  let count = 0;
  let above = 0;
  for (const line of markdown.split(/\r\n|\r|\n/)) {
    const prefix = /^[ \t>]*/.exec(line)?.[0] ?? '';
    const quotes = prefix.split('>').length - 1;
    if (quotes < above && prefix.length < line.length) count += 1;
    above = quotes;
  }
  return count;
}

/** marked pads every row to the header's width, so that the cells can outgrow the text by far. */
function limitTables(tokenizer: Tokenizer, maxCells: number): void {
  const table = tokenizer.table.bind(tokenizer);
  let cellsLeft = maxCells;
  tokenizer.table = (src) => {
    if (cellsLeft < 0 || !/^[^\n]*\n[ \t]*[|:-]/.test(src)) return undefined;
    const source = src.slice(0, endOfBlock(src));
    const columns = countOf('|', source.slice(0, source.indexOf('\n'))) + 1;
    const cells = columns * countOf('\n', source);
    if (cells > cellsLeft) {
      cellsLeft = -1;
      return undefined;
    }
    const token = table(src);
    if (token) cellsLeft -= token.header.length * (token.rows.length + 1);
    return token;
  };
}

function endOfBlock(src: string): number {
  const end = src.search(/\n[ \t]*\n/);
  return end === -1 ? src.length : end + 1;
}

function countOf(character: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) count += 1;
  return count;
}

/**
 * A delimiter looks for its partner through the rest of the paragraph. All together they may read 30 times the text,
 * which dense prose in paragraphs of 2000 characters does not reach; past it they stay as they were typed.
 */
function limitEmphasis(tokenizer: Tokenizer, maxCharactersRead: number): void {
  const limited = nestingLimit(MAX_INLINE_DEPTH);
  const emStrong = limited(tokenizer.emStrong.bind(tokenizer));
  const del = limited(tokenizer.del.bind(tokenizer));
  let charactersLeft = maxCharactersRead;
  const mayRead = (src: string, delimiter: RegExp): boolean => {
    if (!delimiter.test(src)) return false;
    charactersLeft -= src.length;
    return charactersLeft > 0;
  };
  tokenizer.emStrong = (src, ...more) => (mayRead(src, /^[*_]/) ? emStrong(src, ...more) : undefined);
  tokenizer.del = (src, ...more) => (mayRead(src, /^~/) ? del(src, ...more) : undefined);
  tokenizer.link = limited(tokenizer.link.bind(tokenizer));
  tokenizer.reflink = limited(tokenizer.reflink.bind(tokenizer));
}

/** As cmark does it: what references expand to, all together, is bounded; past it they stay as they were typed. */
function limitReferences(tokenizer: Tokenizer, maxCharacters: number): void {
  const reflink = tokenizer.reflink.bind(tokenizer);
  let charactersLeft = maxCharacters;
  tokenizer.reflink = (src, links) => {
    const token = reflink(src, charactersLeft > 0 ? links : {});
    if (token !== undefined && token.type !== 'text') {
      charactersLeft -= token.href.length + (token.title?.length ?? 0);
    }
    return token;
  };
}

/** A search starts only where a run starts, and an address' local part has at most 64 characters (RFC 5321). */
function limitAddressSearch(tokenizer: Tokenizer): void {
  const url = tokenizer.url.bind(tokenizer);
  tokenizer.url = (src) =>
    /^(?:(?:https?|ftp):\/\/|www\.|[\w.+-]{1,64}@)/i.test(src) ? url(src) : undefined;
  tokenizer.inlineText = (src): Tokens.Text => {
    const raw = src.slice(0, endOfPlainText(src));
    return { type: 'text', raw, text: raw, escaped: tokenizer.lexer.state.inRawBlock };
  };
}

/** Where plain text ends: before whatever another inline rule could take. */
function endOfPlainText(src: string): number {
  const start = /^(?:[`~]+|[^])/.exec(src)?.[0].length ?? src.length;
  const next = /[\\<![`*~]|\b_|https?:\/\/|ftp:\/\/|www\.|(?<! ) {2,}\n|(?<![\w.+-])[\w.+-]{1,64}@/gi;
  next.lastIndex = start;
  return next.exec(src)?.index ?? src.length;
}
