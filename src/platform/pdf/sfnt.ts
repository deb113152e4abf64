/** A TrueType file of these tables. Checksums stay zero: neither fontkit nor a PDF viewer reads them. */
export function writeSfnt(tables: Map<string, Uint8Array>): Uint8Array {
  const aligned = (size: number): number => (size + 3) & ~3;
  const sorted = [...tables].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const directorySize = 12 + 16 * sorted.length;
  const total = sorted.reduce((sum, [, bytes]) => sum + aligned(bytes.length), directorySize);
  const out = Buffer.alloc(total);
  const power = 2 ** Math.floor(Math.log2(sorted.length));
  out.writeUInt32BE(0x00010000, 0);
  out.writeUInt16BE(sorted.length, 4);
  out.writeUInt16BE(power * 16, 6);
  out.writeUInt16BE(Math.log2(power), 8);
  out.writeUInt16BE((sorted.length - power) * 16, 10);
  let offset = directorySize;
  for (const [index, [tag, bytes]] of sorted.entries()) {
    const at = 12 + 16 * index;
    out.write(tag, at, 'latin1');
    out.writeUInt32BE(offset, at + 8);
    out.writeUInt32BE(bytes.length, at + 12);
    out.set(bytes, offset);
    offset += aligned(bytes.length);
  }
  return out;
}

/** The tables of a TrueType file by tag; views into `file`, not copies. */
export function readSfnt(file: Uint8Array): Map<string, Uint8Array> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const tables = new Map<string, Uint8Array>();
  for (let index = 0; index < bytes.readUInt16BE(4); index += 1) {
    const at = 12 + 16 * index;
    const offset = bytes.readUInt32BE(at + 8);
    tables.set(
      bytes.toString('latin1', at, at + 4),
      bytes.subarray(offset, offset + bytes.readUInt32BE(at + 12)),
    );
  }
  return tables;
}
