import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { renderMarkdown } from './markdown.ts';
import { createRender } from './rendered.ts';

/** What it was asked for and did not have. */
function counting(maxCharacters?: number) {
  const rendered: string[] = [];
  const render = createRender(maxCharacters, (markdown) => {
    rendered.push(markdown);
    return renderMarkdown(markdown);
  });
  return { render, rendered };
}

suite('rendered Markdown', () => {
  test('a text is rendered once', () => {
    const { render, rendered } = counting();
    for (const text of ['**a**', 'b', '**a**', 'b'])
      assert.equal(
        render(text),
        text === 'b' ? '<p dir="auto">b</p>' : '<p dir="auto"><strong>a</strong></p>',
      );
    assert.deepEqual(rendered, ['**a**', 'b']);
  });

  test('what was not used longest is forgotten first, and nothing larger than the bound is kept', () => {
    const size = 'a<p dir="auto">a</p>'.length;
    const { render, rendered } = counting(2 * size);
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) render(text);
    assert.deepEqual(rendered, ['a', 'b', 'c', 'b'], 'b was forgotten for c');
    for (let times = 0; times < 2; times += 1) render('x'.repeat(100));
    assert.equal(rendered.filter((text) => text.startsWith('x')).length, 2);
  });
});
