import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { plainTextOf, summaryOf } from './plain-text.ts';

suite('plain text of Markdown', () => {
  test('marks, tags and addresses are gone, words and signs stay', () => {
    const markdown = '# Tea & <b>more</b>\n\n- *one*\n- [two](https://example.com/x)\n\n1 < 2 "so" `a && b`';
    assert.equal(plainTextOf(markdown), 'Tea & more\none\ntwo\n1 < 2 "so" a && b');
  });

  test('a summary is one line of at most 280 characters, cut between words where there are any', () => {
    assert.equal(summaryOf('short\ntext'), 'short text');
    const long = summaryOf('word '.repeat(100).trim());
    assert.ok(Array.from(long).length <= 280);
    assert.match(long, /word…$/);
    assert.equal(summaryOf('茶'.repeat(300)), `${'茶'.repeat(279)}…`);
    assert.equal(Array.from(summaryOf('🚀'.repeat(300))).length, 280);
  });
});
