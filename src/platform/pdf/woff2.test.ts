import { suite, test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { create } from 'fontkit';
import type { Font } from 'fontkit';
import { packageFolder } from './font-files.ts';
import { outlineSubset } from './outline-subset.ts';
import { decodeWoff2 } from './woff2.ts';

// Every 25th of the Chinese and Japanese slices keeps this under two seconds; the rest have the same make.
const FILES = ['noto-naskh-arabic', 'noto-serif-hebrew', 'noto-serif-sc', 'noto-serif-jp'].flatMap((name) => {
  const folder = join(packageFolder(`@fontsource-variable/${name}`), 'files');
  const files = readdirSync(folder).filter((file) => file.endsWith('wght-normal.woff2'));
  return files.filter((_, index) => files.length < 20 || index % 25 === 0).map((file) => join(folder, file));
});

suite('WOFF2', () => {
  test('gives the same outlines and widths as fontkit’s own reader, glyph for glyph', () => {
    assert.ok(FILES.length > 10);
    for (const file of FILES) {
      const ours = create(Buffer.from(decodeWoff2(readFileSync(file)))) as Font;
      const theirs = create(readFileSync(file)) as Font;
      assert.equal(ours.numGlyphs, theirs.numGlyphs);
      for (let id = 0; id < ours.numGlyphs; id += 1) {
        assert.equal(ours.getGlyph(id).path.toSVG(), theirs.getGlyph(id).path.toSVG(), `${file} ${id}`);
        assert.equal(ours.getGlyph(id).advanceWidth, theirs.getGlyph(id).advanceWidth);
      }
    }
  });

  test('what is no WOFF2, or is cut short, is refused', () => {
    const [file = ''] = FILES;
    const bytes = readFileSync(file);
    assert.throws(() => decodeWoff2(Buffer.from('wOFF and so on')), RangeError);
    assert.throws(() => decodeWoff2(bytes.subarray(0, 40)), RangeError);
    assert.throws(() => decodeWoff2(bytes.subarray(0, bytes.length / 2)));
  });

  test('a subset of an instance holds its outlines, to the nearest unit, and its widths', () => {
    const file = FILES.find((path) => path.includes('noto-serif-jp')) ?? '';
    const bytes = decodeWoff2(readFileSync(file));
    const instance = (create(Buffer.from(bytes)) as Font).getVariation({ wght: 400 });
    const subset = outlineSubset(instance, bytes);
    assert.deepEqual([subset.includeGlyph(7), subset.includeGlyph(9), subset.includeGlyph(7)], [1, 2, 1]);
    // fontkit wants tables that a font inside a PDF does without; outlines and widths need none of them.
    const written = create(Buffer.from(subset.encode())) as Font;
    for (const [place, id] of [7, 9].entries()) {
      const [a, b] = [written.getGlyph(place + 1), instance.getGlyph(id)];
      assert.equal(a.advanceWidth, Math.round(b.advanceWidth));
      for (const side of ['minX', 'minY', 'maxX', 'maxY'] as const)
        assert.ok(Math.abs(a.path.cbox[side] - b.path.cbox[side]) <= 0.5, `${id} ${side}`);
    }
  });
});
