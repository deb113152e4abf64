import type { Font, PathCommand } from 'fontkit';
import { boundingBox, encodeSimpleGlyph } from './glyf-table.ts';
import type { Point } from './glyf-table.ts';
import { readSfnt, writeSfnt } from './sfnt.ts';

/** What pdfkit asks of a font that it embeds. */
interface GlyphSubset {
  /** Takes a glyph of the font in, once; answers its number in the subset. */
  includeGlyph(glyph: number | { id: number }): number;
  /** The subset as a TrueType file. */
  encode(): Uint8Array;
}

/** Glyph numbers have 16 bits; what stands above them tells apart copies of one glyph that mean different characters. */
export const GLYPH_COPY = 0x10000;

/**
 * A subset of a font, or of one instance of a variable font, made from its
 * outlines: no variations, no hints. It differs from fontkit's own in two ways:
 * that one cannot write varied outlines (its encoder hands a length to
 * restructure, which since version 3 wants a buffer), and it has no copies.
 *
 * @param font the font, or the instance from `getVariation`
 * @param file the TrueType file that it came from
 */
export function outlineSubset(font: Font, file: Uint8Array): GlyphSubset {
  const ids = [0];
  const places = new Map([[0, 0]]);
  return {
    includeGlyph(glyph) {
      const id = typeof glyph === 'number' ? glyph : glyph.id;
      const place = places.get(id) ?? ids.push(id) - 1;
      places.set(id, place);
      return place;
    },
    encode: () => writeSubset(font, readSfnt(file), ids),
  };
}

function writeSubset(font: Font, source: Map<string, Uint8Array>, ids: number[]): Uint8Array {
  const glyphs = ids.map((id) => font.getGlyph(id % GLYPH_COPY));
  const outlines = glyphs.map((glyph) => encodePath(glyph.path.commands));
  const loca = Buffer.alloc(4 * (ids.length + 1));
  const hmtx = Buffer.alloc(4 * ids.length);
  let offset = 0;
  for (const [index, outline] of outlines.entries()) {
    offset += outline.length;
    loca.writeUInt32BE(offset, 4 * (index + 1));
    hmtx.writeUInt16BE(Math.round(glyphs[index]?.advanceWidth ?? 0), 4 * index);
    hmtx.writeInt16BE(outline.length > 0 ? outline.readInt16BE(2) : 0, 4 * index + 2);
  }
  const head = copyOf(source, 'head');
  head.writeInt16BE(1, 50);
  const hhea = copyOf(source, 'hhea');
  hhea.writeUInt16BE(ids.length, 34);
  const maxp = copyOf(source, 'maxp');
  maxp.writeUInt16BE(ids.length, 4);
  const glyf = Buffer.concat(outlines);
  return writeSfnt(new Map(Object.entries({ head, hhea, maxp, hmtx, loca, glyf })));
}

function copyOf(tables: Map<string, Uint8Array>, tag: string): Buffer {
  const table = tables.get(tag);
  if (!table) throw new RangeError(`Font without a ${tag} table`);
  return Buffer.from(table);
}

/** An outline of lines and quadratic curves, in font units, as a glyph; empty for a space. */
function encodePath(commands: PathCommand[]): Buffer {
  const points: Point[] = [];
  const ends: number[] = [];
  let [x, y] = [0, 0];
  const add = (toX = 0, toY = 0, isOnCurve = true): void => {
    // Rounded to where it is, not by how far it moves: errors must not add up.
    const [nextX, nextY] = [Math.round(toX), Math.round(toY)];
    points.push({ dx: nextX - x, dy: nextY - y, isOnCurve });
    [x, y] = [nextX, nextY];
  };
  for (const { command, args } of commands) {
    if (command === 'closePath') ends.push(points.length - 1);
    else if (command === 'quadraticCurveTo') {
      add(args[0], args[1], false);
      add(args[2], args[3]);
    } else add(args[0], args[1]);
  }
  if (points.length === 0) return Buffer.alloc(0);
  const box = boundingBox(points);
  return encodeSimpleGlyph({ points, ends, box, instructions: new Uint8Array(0), isOverlapping: true });
}
