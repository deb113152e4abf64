import { suite, test } from 'node:test';
import assert from 'node:assert/strict';
import { fitText } from './fit.ts';
import type { Box } from './fit.ts';
import type { Shaper, TextStyle } from './shape.ts';

const STYLE: TextStyle = { font: 'regular', han: 'chinese', base: 'ltr' };
const BOX: Box = { width: 400, height: 80, lineHeight: 1.2, sizes: [40, 30, 15, 0] };
// Every character half an em wide: widths can be told by counting.
const shape: Shaper = (text) => ({ text, runs: [], width: text.length / 2 });
const fit = (text: string, box: Partial<Box> = {}) => {
  const { lines, size } = fitText(shape, text, STYLE, { ...BOX, ...box });
  return { size, lines: lines.map((line) => line.text) };
};

suite('fitting a text into a box', () => {
  test('what fits stands on one line at the largest size', () => {
    assert.deepEqual(fit('Ada Lovelace'), { size: 40, lines: ['Ada Lovelace'] });
  });

  test('a little too long, it shrinks; longer, it wraps into lines of about the same length', () => {
    assert.deepEqual(fit('a'.repeat(25)), { size: 32, lines: ['a'.repeat(25)] });
    assert.deepEqual(fit('aaaa bbbb cccc dddd eeee ffff').lines, ['aaaa bbbb cccc', 'dddd eeee ffff']);
  });

  test('whatever the length, no line is wider than the box and all together no higher', () => {
    for (const text of ['a b '.repeat(200).trim(), 'x'.repeat(900), '学'.repeat(500), 'a'])
      for (const height of [20, 80]) {
        const { size, lines } = fit(text, { height });
        for (const line of lines)
          assert.ok((line.length / 2) * size <= BOX.width, `${line.length} at ${size}`);
        assert.ok(lines.length * size * BOX.lineHeight <= height && size > 0);
        assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
      }
  });

  test('a word of ordinary length is never broken', () => {
    const { lines } = fit('Wolfeschlegelsteinhausenbergerdorff Affenschläger Oberwaldbach Affenschläger');
    assert.ok(lines.some((line) => line.includes('Wolfeschlegelsteinhausenbergerdorff')));
  });

  test('an endless word is broken rather than made too small to read', () => {
    assert.equal(fit('x'.repeat(300)).lines.length, 3);
  });

  test('Japanese punctuation does not begin a line, an opening bracket does not end one', () => {
    for (let length = 10; length < 60; length += 1) {
      const { lines } = fit('データ、分析。「基礎」から実践まで、'.repeat(9).slice(0, length * 3));
      for (const line of lines) assert.ok(!/^[、。」ー]|「$/.test(line) || lines.length === 1, line);
    }
  });

  test('an empty text has no line that could fail', () => {
    assert.deepEqual(fit('').lines.join(''), '');
  });
});
