import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { renderMarkdown } from './markdown.ts';

const BLOCKS = ['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'li', 'blockquote', 'table', 'pre'];
const PLAIN = [
  'br',
  'hr',
  'em',
  'strong',
  'b',
  'i',
  'del',
  's',
  'u',
  'sub',
  'sup',
  'kbd',
  'mark',
  'thead',
  'tbody',
  'tr',
];
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(BLOCKS.map((tag) => [tag, ['dir']])),
  ...Object.fromEntries(PLAIN.map((tag) => [tag, []])),
  ol: ['dir', 'start'],
  th: ['dir', 'align'],
  td: ['dir', 'align'],
  code: ['class'],
  a: ['href', 'title', 'rel'],
  img: ['src', 'alt', 'title', 'loading'],
  input: ['type', 'checked', 'disabled'],
};

const VECTORS = `
<script>alert(1)</script>
<SCRIPT SRC=//evil.example/x.js></SCRIPT>
<scr<script>ipt>alert(1)</scr</script>ipt>
<script/x>alert(1)</script
<img src=x onerror=alert(1)>
<img src="x" onerror="alert(1)" /><IMG """><SCRIPT>alert(1)</SCRIPT>">
<img src="https://e.org/x"onerror=alert(1)>
<svg onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><style><img src=x onerror=alert(1)></style></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<textarea><script>alert(1)</script></textarea>
<title><img src=x onerror=alert(1)></title>
<xmp><script>alert(1)</script></xmp>
<plaintext><script>
<iframe src="javascript:alert(1)"></iframe>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<object data="javascript:alert(1)"></object><embed src="javascript:alert(1)">
<form action="javascript:alert(1)"><button formaction="javascript:alert(1)">x</button></form>
<input type=image src=x onerror=alert(1)><input type=password name=p autofocus onfocus=alert(1)>
<details open ontoggle=alert(1)><summary>x</summary></details>
<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>
<base href="//evil.example/"><meta http-equiv=refresh content="0;url=javascript:alert(1)">
<link rel=stylesheet href=//evil.example>
<style>*{background:url(javascript:alert(1))}</style>
<p style="background:url(javascript:alert(1))" id=location name=cookie class="x">x</p>
<a href="javascript:alert(1)">x</a>
<a href="JaVaScRiPt:alert(1)">x</a>
<a href=" &#14; javascript:alert(1)">x</a>
<a href="java&#10;script:alert(1)">x</a>
<a href="java&Tab;script:alert(1)">x</a>
<a href="&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)">x</a>
<a href="javascript&colon;alert(1)">x</a>
<a href="vbscript:msgbox(1)">x</a><a href="data:text/html,<script>alert(1)</script>">x</a>
<a href="//evil.example">x</a><a href="/\\evil.example">x</a><a href="\\\\evil.example">x</a>
<a href="/&#9;/evil.example">x</a><a href="/.//evil.example">x</a><a href="/%2e//evil.example">x</a>
<a href="https://e.org" onclick=alert(1) target=_blank style=x>x</a>
<a href='https://e.org/"onmouseover="alert(1)'>x</a>
[x](javascript:alert(1))
[x](<javascript:alert(1)>)
[x](java&#10;script:alert(1))
[x](JAVASCRIPT&colon;alert(1))
[x](https://e.org/"onclick="alert(1))
[x](https://e.org "t\\"onclick=\\"alert(1)")
[x](data:text/html;base64,PHNjcmlwdD4=)
[x](//evil.example)
[x](/\\\\evil.example)
[x](/.//evil.example)
[x](/a/..//evil.example)
![x](javascript:alert(1))
![x"onerror="alert(1)](https://e.org/x)
![x](https://e.org/x "t\\" onerror=alert(1) \\"")
![x](data:image/svg+xml,<svg onload=alert(1)>)
<javascript:alert(1)>
<https://e.org/"onclick=alert(1)>
[x]: javascript:alert(1)
<!--><img src=x onerror=alert(1)>-->
<!-- --!><img src=x onerror=alert(1)> -->
<![CDATA[<img src=x onerror=alert(1)>]]>
<?xml-stylesheet href="javascript:alert(1)"?>
<a/href="javascript:alert(1)">x</a
<a\fhref="javascript:alert(1)">x</a>
<b <script>alert(1)</script>0
<<script>alert(1);//<</script>
&lt;script&gt;alert(1)&lt;/script&gt;
<table background="javascript:alert(1)"><td background="javascript:alert(1)">
<bdo dir="rtl" onclick=alert(1)>x</bdo><p dir='"><script>'>x</p>
<code class="language-x onclick=alert(1)">x</code>
`
  .trim()
  .split('\n');

/** Many of these took seconds before `markdown-tokenizer.ts` bounded them; the others must stay quick. */
const REPEATED = [
  ...[
    '[',
    '>',
    '*',
    '!',
    '1. ',
    '> - ',
    'a*',
    'a**b',
    '**a.',
    '](\n**',
    '._',
    '<b>',
    '![a](b)',
    '> a\nb\n',
    '>> a\n> b\nc\n',
    '- a\n',
  ],
].map((then) => ({ first: '', then }));
REPEATED.push(
  { first: '- a\n', then: 'a\n' },
  { first: '- a\n', then: ' <\n' },
  { first: '- a\n', then: '  a\n' },
  { first: `${'|a'.repeat(25_000)}\n${'|-'.repeat(25_000)}\n`, then: '|\n' },
  { first: `[a]: /${'x'.repeat(50_000)}\n\n`, then: '[a]' },
);

const TAG = /<\/?(?<name>[a-z][a-z0-9]*)(?<attributes>(?: [a-z]+(?:="[^"<>]*")?)*)(?: \/)?>/g;

/** Throws unless the HTML is nothing but text and allowed tags, in a form that every parser reads alike. */
function assertSafe(html: string, from: string): void {
  const context = `${from} → ${html}`;
  assert.doesNotMatch(html.replace(TAG, ''), /[<>]/, context);
  for (const { groups } of html.matchAll(TAG)) {
    const { name = '', attributes = '' } = groups ?? {};
    const allowed = ALLOWED[name];
    assert.ok(allowed, `<${name}>: ${context}`);
    for (const [, attribute = '', value = ''] of attributes.matchAll(/ ([a-z]+)(?:="([^"]*)")?/g)) {
      assert.ok(allowed.includes(attribute), `<${name} ${attribute}>: ${context}`);
      if (attribute === 'href') assert.match(value, /^(?:https?:\/\/|mailto:|\/(?![/\\]))/, context);
      if (attribute === 'src') assert.match(value, /^(?:https:\/\/|\/api\/)/, context);
      if (attribute === 'class') assert.match(value, /^language-[\w+#.-]+$/, context);
      if (attribute === 'type') assert.equal(value, 'checkbox', context);
    }
  }
}

suite('Markdown', () => {
  test('headings, emphasis, lists, tasks, tables, code, quotes and breaks become HTML', () => {
    const rows = [
      ['# One *two*', '<h1 dir="auto">One <em>two</em></h1>'],
      [
        'a  \nb\\\nc ~~d~~ **e** f_g_h',
        '<p dir="auto">a<br />b<br />c <del>d</del> <strong>e</strong> f_g_h</p>',
      ],
      ['- [x] a', '<ul dir="auto">\n<li dir="auto"><input type="checkbox" checked disabled /> a</li>\n</ul>'],
      ['3. a', '<ol start="3" dir="auto">\n<li dir="auto">a</li>\n</ol>'],
      ['```c++ x\n<b>\n```', '<pre dir="ltr"><code class="language-c++">&lt;b&gt;\n</code></pre>'],
      ['> a\nb', '<blockquote dir="auto">\n<p dir="auto">a\nb</p>\n</blockquote>'],
      ['5 < 6 & "q" &amp; &copy;', '<p dir="auto">5 &lt; 6 &amp; "q" &amp; ©</p>'],
      ['H<sub>2</sub>O', '<p dir="auto">H<sub>2</sub>O</p>'],
      ['مرحبا', '<p dir="auto">مرحبا</p>'],
      ['', ''],
    ];
    for (const [markdown = '', html] of rows) assert.equal(renderMarkdown(markdown), html);
    const table = renderMarkdown('| a | b |\n|:--|---|\n| 1 | **2** |');
    assert.match(table, /<table dir="auto">.*<th align="left" dir="auto">a<\/th>.*<strong>2<\/strong>/s);
  });

  test('links lead to http, https, mail or this server, and say nofollow where they leave it', () => {
    const rel = 'rel="nofollow noopener noreferrer"';
    const rows = [
      ['[a](https://e.org/x "T")', `<a href="https://e.org/x" title="T" ${rel}>a</a>`],
      ['https://e.org/a_b.', `<a href="https://e.org/a_b" ${rel}>https://e.org/a_b</a>.`],
      ['www.e.org', `<a href="http://www.e.org/" ${rel}>www.e.org</a>`],
      [
        '<me@e.org> you_2@e.org',
        '<a href="mailto:me@e.org">me@e.org</a> <a href="mailto:you_2@e.org">you_2@e.org</a>',
      ],
      ['[a](/courses/a?b=c#d)', '<a href="/courses/a?b=c#d">a</a>'],
      ['[a](page) [b](#x) [c](ftp://e.org)', '<a>a</a> <a>b</a> <a>c</a>'],
      ['[a](https://bank.example@evil.example/)', '<a>a</a>'],
      ['[r][]\n\n[r]: https://e.org', `<a href="https://e.org/" ${rel}>r</a>`],
    ];
    for (const [markdown = '', html] of rows)
      assert.equal(renderMarkdown(markdown), `<p dir="auto">${html}</p>`);
  });

  test('images come by https or from below /api/, others are left out', () => {
    const images =
      '![a](https://e.org/x "T") ![b](/api/v1/files/1/content) ![c](http://e.org/x) ![d](/x) ![e](data:x)';
    assert.equal(
      renderMarkdown(images).replace(/ +/g, ' '),
      '<p dir="auto"><img src="https://e.org/x" alt="a" title="T" loading="lazy" />' +
        ' <img src="/api/v1/files/1/content" alt="b" loading="lazy" /> </p>',
    );
    assert.equal(renderMarkdown('![a](/api/../admin)'), '<p dir="auto"></p>');
  });

  test('a long list stays complete', () => {
    const items = Array.from({ length: 1000 }, (_, i) => `- item ${i}\n  more`).join('\n');
    const html = renderMarkdown(items);
    assert.equal(html.split('<li').length - 1, 1000);
    assert.match(html, /item 999\nmore/);
    assert.doesNotMatch(html, /<p/);
  });
});

suite('hostile Markdown', () => {
  test('no known vector leaves a tag, attribute or address that is not allowed', () => {
    for (const v of VECTORS) {
      for (const markdown of [
        v,
        `x ${v} y`,
        `> - ${v}`,
        `[${v}](${v})`,
        `| ${v} |\n|---|`,
        `[x]\n\n[x]: ${v}`,
      ]) {
        assertSafe(renderMarkdown(markdown), markdown);
      }
    }
  });

  test('nothing put together from dangerous pieces does either', () => {
    const tokens = [
      ...'<>"\'`[]()!&#;:/\\*_~|-=.\n\t \0\u2028',
      '<a href=',
      '<img src=',
      'javascript:',
      '](',
      '-->',
      '```',
    ];
    const piece = fc.constantFrom(...VECTORS, ...tokens, ...tokens);
    const hostile = fc.array(piece, { maxLength: 12 }).map((all) => all.join(''));
    const link = fc
      .array(fc.constantFrom(...tokens, 'evil.example'), { maxLength: 8 })
      .map((all) => `[x](<${all.join('')}>)`);
    const text = fc.oneof(hostile, link, fc.string({ unit: 'binary', maxLength: 100 }));
    fc.assert(
      fc.property(text, (markdown) => assertSafe(renderMarkdown(markdown), markdown)),
      { numRuns: 1000 },
    );
  });

  test('rendering takes time and room in proportion to the text, whatever it repeats', () => {
    const slow: string[] = [];
    for (const { first, then } of REPEATED) {
      const markdown = first + then.repeat(50_000 / then.length);
      const before = process.cpuUsage();
      const html = renderMarkdown(markdown);
      const { user, system } = process.cpuUsage(before);
      const name = JSON.stringify((first + then).slice(-20));
      assert.ok(html.length < 60 * markdown.length, `${name}: ${html.length} characters`);
      // At most 0.3 s was measured; what the bounds prevent takes up to 8 s, or for ever.
      if (user + system > 1.2e6) slow.push(`${name}: ${(user + system) / 1000} ms`);
    }
    assert.deepEqual(slow, []);
  });

  test('what would not end comes out as the text that it is', () => {
    const endless = `* ${'- '.repeat(40_000)}<b>\n${'\\\n'.repeat(3000)}`;
    const html = renderMarkdown(endless);
    assert.ok(html.startsWith('<pre dir="auto">* - - '), html.slice(0, 100));
    assertSafe(html, 'endless');
  });

  test('lists and quotes nest 20 deep and continue lazily 500 times, the rest is text', () => {
    const html = renderMarkdown(`${'>'.repeat(100)} a`);
    assert.equal(html.split('<blockquote').length - 1, 20);
    assert.match(html, /(?:&gt;){80} a/);
    assert.match(renderMarkdown('> a\nb\n'.repeat(500)), /<blockquote/);
    assert.doesNotMatch(renderMarkdown('> a\nb\n'.repeat(502)), /<blockquote/);
  });
});
