import { brotliDecompressSync } from 'node:zlib';
import { byteStream } from './byte-stream.ts';
import { writeSfnt } from './sfnt.ts';
import { rebuildGlyphs } from './woff2-glyphs.ts';

/**
 * Turns a WOFF2 file into the TrueType file it was made from, following the
 * W3C Recommendation "WOFF File Format 2.0" (2024).
 *
 * Why this is here: fontkit reads WOFF2, but neither makes an instance of a
 * variable one nor subsets it. Collections, CFF outlines and
 * transformed metrics are refused (RangeError): none of our fonts has them.
 */
export function decodeWoff2(file: Uint8Array): Uint8Array {
  const header = byteStream(file);
  if (header.u32() !== 0x774f4632) throw new RangeError('WOFF2: not a WOFF2 file');
  if (header.u32() !== 0x00010000) throw new RangeError('WOFF2: only TrueType outlines are supported');
  header.take(4);
  const tableCount = header.u16();
  header.take(2 + 4);
  const compressedSize = header.u32();
  header.take(2 + 2 + 5 * 4);
  const entries = Array.from({ length: tableCount }, () => readEntry(header));
  const content = byteStream(brotliDecompressSync(header.take(compressedSize)));
  const stored = new Map(entries.map((entry) => [entry.tag, content.take(entry.storedSize)]));
  const transformed = new Set(entries.filter((entry) => entry.isTransformed).map((entry) => entry.tag));
  return writeSfnt(restoreTables(stored, transformed));
}

// The order is WOFF2's § 5.1: a table's number is its place here.
const KNOWN_TAGS =
  'cmap head hhea hmtx maxp name OS/2 post cvt_ fpgm glyf loca prep CFF_ VORG EBDT EBLC gasp hdmx kern LTSH PCLT VDMX vhea vmtx BASE GDEF GPOS GSUB EBSC JSTF MATH CBDT CBLC COLR CPAL SVG_ sbix acnt avar bdat bloc bsln cvar fdsc feat fmtx fvar gvar hsty just lcar mort morx opbd prop trak Zapf Silf Glat Gloc Feat Sill'
    .replaceAll('_', ' ')
    .match(/\S.{3}(?= |$)/g) ?? [];

interface TableEntry {
  tag: string;
  storedSize: number;
  isTransformed: boolean;
}

function readEntry(stream: ReturnType<typeof byteStream>): TableEntry {
  const flags = stream.u8();
  const index = flags & 0x3f;
  const tag = index === 0x3f ? Buffer.from(stream.take(4)).toString('latin1') : (KNOWN_TAGS[index] ?? '');
  const version = flags >> 6;
  // For these two tables 3 means "as it was"; for every other 0 does.
  const isTransformed = tag === 'glyf' || tag === 'loca' ? version !== 3 : version !== 0;
  const originalSize = stream.base128();
  return { tag, isTransformed, storedSize: isTransformed ? stream.base128() : originalSize };
}

function restoreTables(stored: Map<string, Uint8Array>, transformed: Set<string>): Map<string, Uint8Array> {
  if (transformed.has('hmtx')) throw new RangeError('WOFF2: transformed hmtx is not supported');
  const tables = new Map(stored);
  const glyf = stored.get('glyf');
  if (!glyf || !transformed.has('glyf')) return tables;
  const glyphs = rebuildGlyphs(glyf);
  tables.set('glyf', glyphs.glyf);
  tables.set('loca', glyphs.loca);
  const head = stored.get('head');
  if (head) tables.set('head', withLongOffsets(head));
  return tables;
}

/** `head` that announces 32-bit offsets in `loca`. */
function withLongOffsets(head: Uint8Array): Uint8Array {
  const copy = Buffer.from(head);
  copy.writeInt16BE(1, 50);
  return copy;
}
