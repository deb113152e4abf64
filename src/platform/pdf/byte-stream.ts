/** Reads big-endian numbers and WOFF2's two packed integers from bytes, one after the other. */
export type ByteStream = ReturnType<typeof byteStream>;

export function byteStream(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const u8 = (): number => view.getUint8(at++);
  const u16 = (): number => {
    at += 2;
    return view.getUint16(at - 2);
  };
  const i16 = (): number => {
    at += 2;
    return view.getInt16(at - 2);
  };
  const u32 = (): number => {
    at += 4;
    return view.getUint32(at - 4);
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError('WOFF2: data ends too early');
    at += length;
    return bytes.subarray(at - length, at);
  };
  /** UIntBase128, WOFF2 § 4.1: seven bits a byte, at most five bytes. */
  const base128 = (): number => {
    let value = 0;
    for (let index = 0; index < 5; index += 1) {
      const byte = u8();
      value = value * 128 + (byte & 0x7f);
      if ((byte & 0x80) === 0) return value;
    }
    throw new RangeError('WOFF2: a length of more than five bytes');
  };
  /** 255UInt16, WOFF2 § 4.2: one byte for what is small, up to three for the rest. */
  const packed16 = (): number => {
    const code = u8();
    if (code === 253) return u16();
    if (code === 254) return u8() + 506;
    if (code === 255) return u8() + 253;
    return code;
  };
  return { u8, u16, i16, u32, take, base128, packed16, rest: () => take(bytes.length - at) };
}
