import type { BidiSplitter, Direction } from './bidi.ts';
import type { Face, FontSet, FontStyle, HanGlyphs } from './fonts.ts';
import { graphemes } from './text.ts';

/** How a text is set, but for its size. */
export interface TextStyle {
  font: FontStyle;
  han: HanGlyphs;
  /** Direction of the line as a whole; `auto` follows its first letter. */
  base: Direction | 'auto';
}

/** Text of one face and direction. */
export interface ShapedRun {
  text: string;
  face: Face;
  direction: Direction;
  /** Advance in ems. */
  width: number;
}

/** A line ready to be drawn: runs from left to right. Lengths in ems, so that it fits any size. */
export interface ShapedLine {
  text: string;
  runs: ShapedRun[];
  width: number;
}

export type Shaper = (text: string, style: TextStyle) => ShapedLine;

/** What stands for a character that no font has: emoji and scripts that are not supported. */
export const MISSING = '\u25A1';

/** Splits a line by direction, then by font, and measures it. */
export function shaper(fonts: FontSet, split: BidiSplitter): Shaper {
  return (text, style) => {
    const runs = split(text, style.base).flatMap(({ text: part, direction }) => {
      const pieces = piecesByFace(fonts, part, style);
      const visual = direction === 'rtl' ? pieces.toReversed() : pieces;
      return visual.map((piece) => ({
        ...piece,
        direction,
        width: measure(piece.face, piece.text, direction),
      }));
    });
    return { text, runs, width: runs.reduce((sum, run) => sum + run.width, 0) };
  };
}

function piecesByFace(fonts: FontSet, text: string, style: TextStyle): { text: string; face: Face }[] {
  const pieces: { text: string; face: Face }[] = [];
  for (const { text: cluster, face } of graphemes(text).flatMap((part) => withFace(fonts, part, style))) {
    const last = pieces.at(-1);
    if (last?.face === face) last.text += cluster;
    else pieces.push({ text: cluster, face });
  }
  return pieces;
}

/** A cluster that no font has as a whole is drawn without the marks that are missing, or as a box. */
function withFace(fonts: FontSet, cluster: string, style: TextStyle): { text: string; face: Face }[] {
  const [base = ''] = cluster;
  for (const text of [cluster, cluster.normalize('NFC'), base, MISSING]) {
    const face = fonts.faceFor(text, style.font, style.han);
    if (face) return [{ text, face }];
  }
  return [];
}

function measure(face: Face, text: string, direction: Direction): number {
  face.direction = direction;
  return face.font.layout(text).advanceWidth / face.font.unitsPerEm;
}
