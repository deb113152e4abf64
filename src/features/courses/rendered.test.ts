import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createRender } from './rendered.ts';

suite('rendered Markdown', () => {
  test('a text is rendered anew when its key changes, and not before', () => {
    const render = createRender();
    assert.equal(render('a:1', '**old**'), '<p dir="auto"><strong>old</strong></p>');
    assert.equal(render('a:1', 'whatever'), '<p dir="auto"><strong>old</strong></p>');
    assert.equal(render('a:2', 'new'), '<p dir="auto">new</p>');
  });

  test('what was not used longest is forgotten first, and nothing larger than the bound is kept', () => {
    const length = '<p dir="auto">a</p>'.length;
    const render = createRender(2 * length);
    render('a', 'a');
    render('b', 'b');
    render('a', 'a');
    render('c', 'c');
    assert.match(render('a', 'other'), />a</, 'used since');
    assert.match(render('b', 'other'), /other/, 'forgotten');
    assert.equal(render('large', 'x'.repeat(100)).length, '<p dir="auto"></p>'.length + 100);
    assert.match(render('large', 'other'), /other/);
  });
});
