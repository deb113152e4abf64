/** How many bytes at the beginning tell a type: as far as tar keeps its mark, zip its first entries. */
export const headBytes = 4_100;

/** `hex` at `offset`; a type whose mark could also begin a text is asked for only where the content is no text. */
type Signature = { hex: string; offset?: number; type: string };

const at = (offset: number, hex: string, type: string): Signature => ({ hex, offset, type });
const hexOf = (text: string) => Buffer.from(text, 'latin1').toString('hex');

/** Programs: never shown, and refused unless the settings allow their type by name. */
export const programTypes: ReadonlySet<string> = new Set([
  'application/x-elf',
  'application/x-mach-binary',
  'application/vnd.microsoft.portable-executable',
  'application/java-vm',
  'application/wasm',
]);

const signatures: readonly Signature[] = [
  at(0, '89504e470d0a1a0a', 'image/png'),
  at(0, 'ffd8ff', 'image/jpeg'),
  at(0, hexOf('GIF87a'), 'image/gif'),
  at(0, hexOf('GIF89a'), 'image/gif'),
  at(0, '49492a00', 'image/tiff'),
  at(0, '4d4d002a', 'image/tiff'),
  at(0, '00000100', 'image/vnd.microsoft.icon'),
  at(0, hexOf('8BPS'), 'image/vnd.adobe.photoshop'),
  at(0, hexOf('%PDF-'), 'application/pdf'),
  at(0, hexOf('%!PS'), 'application/postscript'),
  at(0, hexOf('{\\rtf'), 'application/rtf'),
  at(0, hexOf('fLaC'), 'audio/flac'),
  at(0, hexOf('MThd\0'), 'audio/midi'),
  at(0, hexOf('ID3\x03'), 'audio/mpeg'),
  at(0, hexOf('ID3\x04'), 'audio/mpeg'),
  at(0, hexOf('ID3\x02'), 'audio/mpeg'),
  at(0, 'fffb', 'audio/mpeg'),
  at(0, 'fffa', 'audio/mpeg'),
  at(0, 'fff3', 'audio/mpeg'),
  at(0, 'fff2', 'audio/mpeg'),
  at(0, 'fff1', 'audio/aac'),
  at(0, 'fff9', 'audio/aac'),
  at(0, '1f8b', 'application/gzip'),
  at(0, '377abcaf271c', 'application/x-7z-compressed'),
  at(0, 'fd377a585a00', 'application/x-xz'),
  at(0, '28b52ffd', 'application/zstd'),
  at(0, hexOf('Rar!\x1a\x07'), 'application/vnd.rar'),
  at(257, hexOf('ustar'), 'application/x-tar'),
  at(0, hexOf('wOFF'), 'font/woff'),
  at(0, hexOf('wOF2'), 'font/woff2'),
  at(0, '7f454c46', 'application/x-elf'),
  at(0, 'feedface', 'application/x-mach-binary'),
  at(0, 'feedfacf', 'application/x-mach-binary'),
  at(0, 'cefaedfe', 'application/x-mach-binary'),
  at(0, 'cffaedfe', 'application/x-mach-binary'),
  // Of programs for several processors, and of Java.
  at(0, 'cafebabe', 'application/java-vm'),
  at(0, '0061736d', 'application/wasm'),
];

/** What a text could begin with too. */
const signaturesOfBinaries: readonly Signature[] = [
  at(0, hexOf('MZ'), 'application/vnd.microsoft.portable-executable'),
  at(0, hexOf('BM'), 'image/bmp'),
  at(0, hexOf('BZh'), 'application/x-bzip2'),
];

/** The type that the first bytes show, by marks that no text begins with; undefined for all other content. */
export function typeOfMark(head: Buffer, extension: string): string | undefined {
  return typeOfContainer(head, extension) ?? signatures.find((each) => hasMark(head, each))?.type;
}

/** The same, of content that is known to be no text. */
export function typeOfBinary(head: Buffer): string | undefined {
  return signaturesOfBinaries.find((each) => hasMark(head, each))?.type;
}

function hasMark(head: Buffer, { hex, offset = 0 }: Signature): boolean {
  return head.toString('hex', offset, offset + hex.length / 2) === hex;
}

function typeOfContainer(head: Buffer, extension: string): string | undefined {
  const text = (start: number, end: number) => head.toString('latin1', start, end);
  if (text(4, 8) === 'ftyp') return typeOfBrand(text(8, 12));
  if (text(0, 4) === 'RIFF') return riffTypes[text(8, 12)];
  if (text(0, 4) === 'OggS') return head.includes('theora') ? 'video/ogg' : 'audio/ogg';
  if (head.toString('hex', 0, 4) === '1a45dfa3')
    return head.subarray(0, 64).includes('webm') ? 'video/webm' : 'video/x-matroska';
  if (head.toString('hex', 0, 8) === 'd0cf11e0a1b11ae1')
    return oldOfficeTypes[extension] ?? 'application/x-cfb';
  if (zipMarks.has(head.toString('hex', 0, 4))) return typeOfZip(head, extension);
  return undefined;
}

const zipMarks: ReadonlySet<string> = new Set(['504b0304', '504b0506']);
const riffTypes: Readonly<Record<string, string>> = {
  WEBP: 'image/webp',
  WAVE: 'audio/wav',
  'AVI ': 'video/x-msvideo',
};
const oldOfficeTypes: Readonly<Record<string, string>> = {
  doc: 'application/msword',
  xls: 'application/vnd.ms-excel',
  ppt: 'application/vnd.ms-powerpoint',
};
const officeTypes: Readonly<Record<string, string>> = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
};

// ISO base media: what the file says it is played as.
function typeOfBrand(brand: string): string {
  if (/^avi[fs]$/.test(brand)) return 'image/avif';
  if (/^(?:hei[cxms]|hev[cx]|mif1|msf1)$/.test(brand)) return 'image/heic';
  if (/^M4[AB] $/.test(brand)) return 'audio/mp4';
  if (brand === 'qt  ') return 'video/quicktime';
  return brand.startsWith('3g') ? 'video/3gpp' : 'video/mp4';
}

/** Documents that are archives: those that say so in their first entry, and Office's, which their names tell apart. */
function typeOfZip(head: Buffer, extension: string): string {
  const stated = /^mimetype(application\/[a-z0-9.+-]{1,90})/.exec(head.toString('latin1', 30, 160))?.[1];
  if (stated !== undefined && /^application\/(?:epub\+zip|vnd\.oasis\.opendocument\.[a-z-]+)/.test(stated))
    return stated.replace(/PK$/, '');
  const isOffice = head.includes('[Content_Types].xml') || head.includes('_rels/.rels');
  return (isOffice ? officeTypes[extension] : undefined) ?? 'application/zip';
}
