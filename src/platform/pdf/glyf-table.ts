/** A point of a TrueType outline, in font units relative to the point before it. */
export interface Point {
  dx: number;
  dy: number;
  isOnCurve: boolean;
}

interface SimpleGlyph {
  points: Point[];
  /** Index of each contour's last point. */
  ends: number[];
  instructions: Uint8Array;
  box: Uint8Array;
  isOverlapping: boolean;
}

/** A glyph with outlines of its own, as OpenType's glyf table has it. */
export function encodeSimpleGlyph(glyph: SimpleGlyph): Buffer {
  const { points, ends, instructions } = glyph;
  const head = Buffer.alloc(10 + 2 * ends.length + 2);
  head.writeInt16BE(ends.length, 0);
  head.set(glyph.box, 2);
  for (const [index, end] of ends.entries()) head.writeUInt16BE(end, 10 + 2 * index);
  head.writeUInt16BE(instructions.length, 10 + 2 * ends.length);
  return padded(Buffer.concat([head, instructions, encodePoints(points, glyph.isOverlapping)]));
}

/** xMin, yMin, xMax, yMax as the glyf table stores them: 16-bit signed numbers. */
export function boundingBox(points: Point[]): Uint8Array {
  let [x, y, xMin, yMin, xMax, yMax] = [0, 0, Infinity, Infinity, -Infinity, -Infinity];
  for (const point of points) {
    x += point.dx;
    y += point.dy;
    [xMin, yMin] = [Math.min(xMin, x), Math.min(yMin, y)];
    [xMax, yMax] = [Math.max(xMax, x), Math.max(yMax, y)];
  }
  const box = Buffer.alloc(8);
  for (const [index, value] of [xMin, yMin, xMax, yMax].entries())
    box.writeInt16BE(Number.isFinite(value) ? value : 0, 2 * index);
  return box;
}

/** Flags, then x, then y, as OpenType's "Simple Glyph Description" has them; repeated flags are not folded. */
function encodePoints(points: Point[], isOverlapping: boolean): Uint8Array {
  const flags: number[] = [];
  const xs: number[] = [];
  const ys: number[] = [];
  const delta = (value: number, out: number[], short: number, same: number): number => {
    if (value === 0) return same;
    if (Math.abs(value) < 256) {
      out.push(Math.abs(value));
      return value > 0 ? short | same : short;
    }
    out.push((value >> 8) & 0xff, value & 0xff);
    return 0;
  };
  for (const { dx, dy, isOnCurve } of points)
    flags.push((isOnCurve ? 1 : 0) | delta(dx, xs, 0x02, 0x10) | delta(dy, ys, 0x04, 0x20));
  if (isOverlapping && flags.length > 0) flags[0] = (flags[0] ?? 0) | 0x40;
  return Buffer.from([...flags, ...xs, ...ys]);
}

/** Fills up with zeros to a multiple of four bytes, to which every glyph is aligned. */
export function padded(bytes: Buffer): Buffer {
  const rest = bytes.length % 4;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - rest)]);
}
