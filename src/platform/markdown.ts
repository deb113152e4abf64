import { createContext, Script } from 'node:vm';
import { Marked } from 'marked';
import sanitizeHtml from 'sanitize-html';
import { createBoundedTokenizer } from './markdown-tokenizer.ts';

/** Elements inside one another, beyond which tags are dropped and their text kept. */
const MAX_ELEMENT_DEPTH = 100;

/**
 * Markdown (CommonMark with the GFM additions) as HTML that is safe to place in any page.
 *
 * What comes out is built from an allow-list: text structure, tables, code with a `language-…` class, disabled
 * check boxes, links (http, https, mailto, or a path of this server) and images (https, or a path below `/api/`).
 * Raw HTML passes the same list. There are no ids, names, styles or handlers. Blocks carry `dir="auto"`, so that
 * right-to-left text is laid out by its own first letter; code is always left to right.
 *
 * Never throws, and takes a few microseconds a character, whatever the text: see `markdown-tokenizer.ts`. What those
 * bounds miss is given up after MAX_RENDER_MS and comes out as the plain text that it is. Callers cap the length in
 * their schemas (200 000 characters) and render when they write, not when they read.
 */
export function renderMarkdown(markdown: string): string {
  // A lone surrogate is no text: it would become a replacement character somewhere on the way, or an error.
  const text = markdown.toWellFormed();
  return withinTime(() => render(text)) ?? `<pre dir="auto">${escapeHtml(text)}</pre>`;
}

function render(text: string): string {
  const html = new Marked().parse(text, { async: false, gfm: true, tokenizer: createBoundedTokenizer(text) });
  return sanitizeHtml(html, SANITIZE_OPTIONS).trim();
}

/** An honest text of 200 000 characters takes a third of it on a slow machine. */
const MAX_RENDER_MS = 3000;

const CALL = new Script('run()');
/** One for all calls, since making one takes a millisecond. It holds nothing between them. */
const CONTEXT = createContext({});

/**
 * What `run` returns, or undefined if it threw or did not end in time. A regular expression that backtracks cannot be
 * stopped from JavaScript; V8 stops whatever runs under a script with a timeout, on this thread too.
 */
function withinTime(run: () => string): string | undefined {
  try {
    CONTEXT['run'] = run;
    return String(CALL.runInContext(CONTEXT, { timeout: MAX_RENDER_MS }));
  } catch {
    return undefined;
  } finally {
    delete CONTEXT['run'];
  }
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const BLOCKS = [
  ...['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'blockquote'],
  ...['table', 'th', 'td'],
];
const INLINES = ['br', 'em', 'strong', 'b', 'i', 'del', 's', 'u', 'sub', 'sup', 'kbd', 'mark', 'code'];

const SANITIZE_OPTIONS: sanitizeHtml.IOptions = {
  allowedTags: [...BLOCKS, ...INLINES, 'hr', 'pre', 'thead', 'tbody', 'tr', 'a', 'img', 'input'],
  allowedAttributes: {
    ...Object.fromEntries(BLOCKS.map((tag) => [tag, ['dir']])),
    pre: ['dir'],
    th: ['dir', { name: 'align', values: ['left', 'center', 'right'] }],
    td: ['dir', { name: 'align', values: ['left', 'center', 'right'] }],
    ol: ['dir', 'start'],
    a: ['href', 'title', 'rel'],
    img: ['src', 'alt', 'title', 'loading'],
    input: ['type', 'checked', 'disabled'],
  },
  allowedClasses: { code: [/^language-[\w+#.-]{1,40}$/] },
  // Addresses are judged by `safeLink` and `safeImage` below; this is the second lock on the same door.
  allowedSchemes: ['http', 'https', 'mailto'],
  allowedSchemesByTag: { img: ['https'] },
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  nestingLimit: MAX_ELEMENT_DEPTH,
  nonBooleanAttributes: [],
  transformTags: {
    ...Object.fromEntries(BLOCKS.map((tag) => [tag, withDirection('auto')])),
    pre: withDirection('ltr'),
    ol: orderedList,
    a: link,
    img: image,
    input: checkbox,
  },
  // A check box is all that Markdown makes; an image without an address shows only as a broken one.
  exclusiveFilter: ({ tag, attribs }) =>
    (tag === 'input' && attribs['type'] !== 'checkbox') || (tag === 'img' && !attribs['src']),
};

function withDirection(dir: 'auto' | 'ltr'): sanitizeHtml.Transformer {
  return (tagName, attribs) => ({ tagName, attribs: { ...attribs, dir } });
}

function orderedList(tagName: string, { start }: sanitizeHtml.Attributes): sanitizeHtml.Tag {
  const isNumber = start !== undefined && /^\d{1,9}$/.test(start);
  return { tagName, attribs: { ...(isNumber ? { start } : {}), dir: 'auto' } };
}

function link(tagName: string, { href, title }: sanitizeHtml.Attributes): sanitizeHtml.Tag {
  const url = href === undefined ? undefined : safeLink(href);
  const attribs: sanitizeHtml.Attributes = {};
  if (url !== undefined) attribs['href'] = url;
  if (title !== undefined) attribs['title'] = title;
  if (url?.startsWith('http')) attribs['rel'] = 'nofollow noopener noreferrer';
  return { tagName, attribs };
}

function image(tagName: string, { src, alt = '', title }: sanitizeHtml.Attributes): sanitizeHtml.Tag {
  const url = src === undefined ? undefined : safeImage(src);
  if (url === undefined) return { tagName, attribs: {} };
  return { tagName, attribs: { src: url, alt, ...(title === undefined ? {} : { title }), loading: 'lazy' } };
}

function checkbox(tagName: string, { type, checked }: sanitizeHtml.Attributes): sanitizeHtml.Tag {
  if (type !== 'checkbox') return { tagName, attribs: {} };
  return { tagName, attribs: { type, ...(checked === undefined ? {} : { checked: '' }), disabled: '' } };
}

/** A name reserved by RFC 2606: whatever resolves to this origin was written relative to it. */
const ORIGIN = 'https://relative.invalid';

/**
 * The address as a browser would read it, since it is parsed by the browsers' own rules (WHATWG URL: tabs and line
 * breaks vanish, "\" is "/") and written out anew. Relative ones must begin with a single "/": what a page-relative
 * one names depends on the page that shows the text.
 */
function parseAddress(address: string): URL | undefined {
  const url = URL.parse(address, ORIGIN);
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  // "/.//host" has no host until the path is written out again.
  const isPath = address.startsWith('/') && !url.pathname.startsWith('//');
  if (url.origin === ORIGIN && !isPath) return undefined;
  return url;
}

function safeLink(address: string): string | undefined {
  const url = parseAddress(address);
  if (url === undefined) return undefined;
  if (url.origin === ORIGIN) return url.pathname + url.search + url.hash;
  return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : undefined;
}

function safeImage(address: string): string | undefined {
  const url = parseAddress(address);
  if (url === undefined || url.protocol !== 'https:') return undefined;
  if (url.origin !== ORIGIN) return url.href;
  return url.pathname.startsWith('/api/') ? url.pathname + url.search : undefined;
}
