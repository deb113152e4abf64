import type { ShapedLine, Shaper, TextStyle } from './shape.ts';
import { graphemes } from './text.ts';

/** The room that a text has, in points. */
export interface Box {
  width: number;
  height: number;
  /** Distance of two baselines, in ems. */
  lineHeight: number;
  /**
   * The sizes that are good enough for one line, for two, and so on. The first
   * number of lines that reaches its size is taken; if none does, the one that
   * allows the largest size, however small. The first is also the largest size.
   */
  sizes: [largest: number, ...good: number[]];
}

interface FittedText {
  lines: ShapedLine[];
  /** Points. */
  size: number;
}

// The size of type is rounded down to this, so that rounding never makes a line too wide.
const STEP = 0.05;

/** Shrinks and wraps a text until it fits: nothing is cut off, nothing sticks out. */
export function fitText(shape: Shaper, text: string, style: TextStyle, box: Box): FittedText {
  const [largest, ...good] = box.sizes;
  const atoms = breakable(text).map((atom) => ({ atom, width: shape(atom, style).width }));
  let best: FittedText = { lines: [], size: 0 };
  for (const [index, wanted] of good.entries()) {
    const lines = wrap(atoms, index + 1).map((line) => shape(line, style));
    const widest = Math.max(...lines.map((line) => line.width), Number.MIN_VALUE);
    const room = Math.min(largest, box.width / widest, box.height / (box.lineHeight * lines.length));
    const size = Math.floor(room / STEP) * STEP;
    if (size > best.size) best = { lines, size };
    if (best.size >= wanted) break;
  }
  return best;
}

const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF00-\uFFEF]/u;
// Kinsoku: these do not begin a line …
const NOT_FIRST = /^[)\]}、。，．・：；！？」』】〕〉》ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ]/u;
// … and these do not end one.
const NOT_LAST = /[([{「『【〔〈《]$/u;
/** Longer words may break anywhere; the longest that are really written have some 40 letters. */
const LONGEST_WORD = 40;

/** Cuts text where a line may end: after spaces, between Chinese or Japanese characters, inside overlong words. */
function breakable(text: string): string[] {
  const atoms: string[] = [];
  for (const word of text.split(/(?<= )/)) {
    const parts = graphemes(word);
    const breaksAnywhere = parts.length > LONGEST_WORD;
    let isOpen = false;
    for (const part of parts) {
      const last = atoms.at(-1) ?? '';
      const isCjkBreak = CJK.test(part) || CJK.test(last.slice(-1));
      const mayBreak = isCjkBreak ? !NOT_FIRST.test(part) && !NOT_LAST.test(last) : breaksAnywhere;
      if (!isOpen || (mayBreak && part !== ' ')) atoms.push(part);
      else atoms[atoms.length - 1] = last + part;
      isOpen = true;
    }
  }
  return atoms;
}

interface Atom {
  atom: string;
  width: number;
}

/** Lines of about the same width, `count` at most: the narrowest column that takes the text in that many. */
function wrap(atoms: Atom[], count: number): string[] {
  const total = atoms.reduce((sum, { width }) => sum + width, 0);
  let narrow = Math.max(total / count, ...atoms.map(({ width }) => width));
  let wide = total;
  for (let step = 0; step < 24; step += 1) {
    const middle = (narrow + wide) / 2;
    if (fill(atoms, middle).length <= count) wide = middle;
    else narrow = middle;
  }
  const narrowest = fill(atoms, narrow);
  return narrowest.length <= count ? narrowest : fill(atoms, wide);
}

function fill(atoms: Atom[], width: number): string[] {
  const lines: string[] = [];
  // Widths are sums of fractions; without this the last atom of the only line may seem too wide.
  const limit = width + 1e-6;
  let used = Infinity;
  for (const { atom, width: atomWidth } of atoms) {
    if (used + atomWidth > limit) {
      lines.push(atom);
      used = atomWidth;
    } else {
      lines[lines.length - 1] += atom;
      used += atomWidth;
    }
  }
  return lines.map((line) => line.trim());
}
