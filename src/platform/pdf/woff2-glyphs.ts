import { byteStream } from './byte-stream.ts';
import type { ByteStream } from './byte-stream.ts';
import { boundingBox, encodeSimpleGlyph, padded } from './glyf-table.ts';
import type { Point } from './glyf-table.ts';

/** The streams into which WOFF2 § 5.1 takes the glyf table apart. */
interface GlyphStreams {
  contours: ByteStream;
  pointCounts: ByteStream;
  flags: ByteStream;
  glyphs: ByteStream;
  composites: ByteStream;
  boxes: ByteStream;
  instructions: ByteStream;
}

/** Rebuilds `glyf` and `loca` (always the long format) from WOFF2's transformed glyf. */
export function rebuildGlyphs(transformed: Uint8Array): { glyf: Uint8Array; loca: Uint8Array } {
  const header = byteStream(transformed);
  header.take(2);
  const hasOverlapBits = (header.u16() & 1) === 1;
  const glyphCount = header.u16();
  header.take(2);
  const sizes = Array.from({ length: 7 }, () => header.u32());
  const [contours, pointCounts, flags, glyphs, composites, boxPart, instructions] = sizes.map((size) =>
    header.take(size),
  );
  if (!contours || !pointCounts || !flags || !glyphs || !composites || !boxPart || !instructions)
    throw new RangeError('WOFF2: a glyph stream is missing');
  const bitmapSize = ((glyphCount + 31) >> 5) << 2;
  const hasBox = bitReader(boxPart.subarray(0, bitmapSize));
  const isOverlapping = bitReader(hasOverlapBits ? header.rest() : new Uint8Array(0));
  const streams: GlyphStreams = {
    contours: byteStream(contours),
    pointCounts: byteStream(pointCounts),
    flags: byteStream(flags),
    glyphs: byteStream(glyphs),
    composites: byteStream(composites),
    boxes: byteStream(boxPart.subarray(bitmapSize)),
    instructions: byteStream(instructions),
  };
  const outlines = Array.from({ length: glyphCount }, (_, id) =>
    readOutline(streams, hasBox(id), isOverlapping(id)),
  );
  const loca = Buffer.alloc(4 * (glyphCount + 1));
  let offset = 0;
  for (const [id, outline] of outlines.entries()) {
    offset += outline.length;
    loca.writeUInt32BE(offset, 4 * (id + 1));
  }
  return { glyf: Buffer.concat(outlines), loca };
}

function bitReader(bits: Uint8Array): (index: number) => boolean {
  return (index) => ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;
}

function readOutline(streams: GlyphStreams, hasBox: boolean, isOverlapping: boolean): Uint8Array {
  const contourCount = streams.contours.i16();
  if (contourCount === 0) return new Uint8Array(0);
  if (contourCount < 0) return readComposite(streams);
  return readSimple(streams, contourCount, hasBox, isOverlapping);
}

function readComposite(streams: GlyphStreams): Uint8Array {
  const parts: Uint8Array[] = [];
  let flags = 0;
  let hasInstructions = false;
  do {
    const head = streams.composites.take(4);
    flags = ((head[0] ?? 0) << 8) | (head[1] ?? 0);
    hasInstructions ||= (flags & 0x100) !== 0;
    const offsetSize = (flags & 0x1) === 0 ? 2 : 4;
    let scaleSize = 0;
    if ((flags & 0x8) !== 0) scaleSize = 2;
    else if ((flags & 0x40) !== 0) scaleSize = 4;
    else if ((flags & 0x80) !== 0) scaleSize = 8;
    parts.push(head, streams.composites.take(offsetSize + scaleSize));
  } while ((flags & 0x20) !== 0);
  if (hasInstructions) {
    const size = streams.glyphs.packed16();
    parts.push(Buffer.from([size >> 8, size & 0xff]), streams.instructions.take(size));
  }
  // A composite's box is always stored: it cannot be computed from the streams.
  const box = streams.boxes.take(8);
  return padded(Buffer.concat([Buffer.from([0xff, 0xff]), box, ...parts]));
}

function readSimple(
  streams: GlyphStreams,
  contourCount: number,
  hasBox: boolean,
  isOverlapping: boolean,
): Uint8Array {
  const ends: number[] = [];
  let pointCount = 0;
  for (let contour = 0; contour < contourCount; contour += 1) {
    pointCount += streams.pointCounts.packed16();
    ends.push(pointCount - 1);
  }
  const points = Array.from({ length: pointCount }, () => readPoint(streams.flags.u8(), streams.glyphs));
  const instructions = streams.instructions.take(streams.glyphs.packed16());
  const box = hasBox ? streams.boxes.take(8) : boundingBox(points);
  return encodeSimpleGlyph({ points, ends, instructions, box, isOverlapping });
}

/** One point of WOFF2 § 5.2: the flag says how many bytes hold the two deltas, and their signs. */
function readPoint(flagByte: number, stream: ByteStream): Point {
  const flag = flagByte & 0x7f;
  const isOnCurve = flagByte < 0x80;
  const sign = (bits: number, value: number): number => ((bits & 1) === 1 ? value : -value);
  const x = (value: number): number => sign(flag, value);
  const y = (value: number): number => sign(flag >> 1, value);
  if (flag < 10) return { isOnCurve, dx: 0, dy: x(((flag & 14) << 7) + stream.u8()) };
  if (flag < 20) return { isOnCurve, dx: x((((flag - 10) & 14) << 7) + stream.u8()), dy: 0 };
  if (flag < 84) {
    const base = flag - 20;
    const byte = stream.u8();
    return {
      isOnCurve,
      dx: x(1 + (base & 0x30) + (byte >> 4)),
      dy: y(1 + ((base & 0x0c) << 2) + (byte & 0x0f)),
    };
  }
  if (flag < 120) {
    const base = flag - 84;
    const dx = x(1 + (Math.floor(base / 12) << 8) + stream.u8());
    return { isOnCurve, dx, dy: y(1 + (((base % 12) >> 2) << 8) + stream.u8()) };
  }
  if (flag < 124) {
    const [a = 0, b = 0, c = 0] = stream.take(3);
    return { isOnCurve, dx: x((a << 4) + (b >> 4)), dy: y(((b & 0x0f) << 8) + c) };
  }
  return { isOnCurve, dx: x(stream.u16()), dy: y(stream.u16()) };
}
