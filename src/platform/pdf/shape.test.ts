import { suite, test } from 'node:test';
import assert from 'node:assert/strict';
import { bidiSplitter } from './bidi.ts';
import { loadFonts } from './fonts.ts';
import { MISSING, shaper } from './shape.ts';
import type { ShapedRun, TextStyle } from './shape.ts';

const STYLE: TextStyle = { font: 'regular', han: 'chinese', base: 'auto' };

suite('shaping a line', async () => {
  const library = await loadFonts();
  const shape = shaper(library.open(), bidiSplitter());
  const glyphsOf = ({ face, direction, text }: ShapedRun) => {
    face.direction = direction;
    return face.font
      .layout(text)
      .glyphs.map(({ id, codePoints }) => ({ id, char: String.fromCodePoint(...codePoints) }));
  };
  const drawn = (text: string) => shape(text, STYLE).runs.map((run) => run.text);

  test('runs of mixed text stand in visual order, brackets mirrored, each in logical order within', () => {
    assert.equal(drawn('محمد Smith العربي (2)').join('|'), '(|2| )|العربي| |Smith| |محمد');
    assert.deepEqual(drawn('Dr. דוד כהן').join('|'), 'Dr. |כהן| |דוד');
    assert.deepEqual(drawn('שרה 12/34 בן־דוד').join('|').replaceAll('| |', ' '), 'בן־דוד 12/34 שרה');
  });

  test('Arabic letters take the forms that their neighbours ask for, drawn from right to left', () => {
    const [word] = shape('ببب', STYLE).runs;
    const [alone] = shape('ب', STYLE).runs;
    assert.ok(word && alone);
    const bodies = glyphsOf(word).filter(({ char }) => char === 'ب');
    const isolated = glyphsOf(alone).find(({ char }) => char === 'ب');
    assert.equal(
      new Set([...bodies.map(({ id }) => id), isolated?.id]).size,
      4,
      'final, medial, initial, isolated',
    );
    const [name] = shape('محمد', STYLE).runs;
    assert.equal(
      name &&
        glyphsOf(name)
          .map(({ char }) => char)
          .join(''),
      'دمحم',
    );
  });

  test('Hebrew points stay with their letters, which run from right to left', () => {
    const [word] = shape('שָׁלוֹם', STYLE).runs;
    assert.ok(word);
    const letters = glyphsOf(word)
      .map(({ char }) => char)
      .filter((char) => /\p{L}/u.test(char));
    assert.equal(letters[0], 'ם');
    assert.match(letters.at(-1) ?? '', /^ש/);
    assert.equal(word.width < 3, true, 'points take no room of their own');
  });

  test('Han characters are drawn as the language asks', () => {
    const face = (han: TextStyle['han']) => shape('骨', { ...STYLE, han }).runs[0]?.face.key;
    assert.match(face('japanese') ?? '', /^noto-serif-jp-/);
    assert.match(face('chinese') ?? '', /^noto-serif-sc-/);
  });

  test('what no font has becomes one box a character, never nothing', () => {
    assert.deepEqual(drawn('👩‍👩‍👧 क्षि 한'), [`${MISSING} ${MISSING} ${MISSING}`]);
  });

  test('one glyph that stands for two letters is numbered for each, so that both can be copied', () => {
    const idOf = (word: string, letter: string) => {
      const [run] = shape(word, STYLE).runs;
      return run && glyphsOf(run).find(({ char }) => char === letter)?.id;
    };
    const [yeh = 0, maksura = 0] = [idOf('في', 'ي'), idOf('فى', 'ى')];
    assert.equal(yeh % 0x10000, maksura % 0x10000, 'the font draws both bodies with one glyph');
    assert.notEqual(yeh, maksura);
  });
});
