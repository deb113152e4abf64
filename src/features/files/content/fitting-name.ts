import { extensionOf } from './file-name.ts';

const texts = ['text/plain', 'text/x-script', 'text/csv', 'text/markdown', 'text/vtt', 'application/json'];
const markup = ['text/html', 'image/svg+xml', 'application/xml'];
const anyText = [...texts, ...markup];
// Archives whose first entries do not tell what they are.
const archive = ['application/zip'];
// Sound that may begin with anything.
const stream = ['application/octet-stream'];
const openXml = 'application/vnd.openxmlformats-officedocument.';
const openDocument = 'application/vnd.oasis.opendocument.';

/** What content of each extension may be; of a type that several may have, the first extension is its own. */
const typesOf: Readonly<Record<string, readonly string[]>> = {
  ...{ png: ['image/png'], jpg: ['image/jpeg'], jpeg: ['image/jpeg'], gif: ['image/gif'] },
  ...{ webp: ['image/webp'], avif: ['image/avif'], bmp: ['image/bmp'], heic: ['image/heic'] },
  ...{ tif: ['image/tiff'], tiff: ['image/tiff'], ico: ['image/vnd.microsoft.icon'] },
  ...{ psd: ['image/vnd.adobe.photoshop'], svg: ['image/svg+xml', ...texts] },
  ...{ pdf: ['application/pdf'], ps: ['application/postscript'], rtf: ['application/rtf'] },
  ...{ mp3: ['audio/mpeg', ...stream], aac: ['audio/aac', ...stream], flac: ['audio/flac'] },
  ...{ wav: ['audio/wav'], mid: ['audio/midi'], ogg: ['audio/ogg', 'video/ogg'], ogv: ['video/ogg'] },
  ...{ m4a: ['audio/mp4', 'video/mp4'], mp4: ['video/mp4', 'audio/mp4'], mov: ['video/quicktime'] },
  ...{ webm: ['video/webm', 'video/x-matroska'], mkv: ['video/x-matroska', 'video/webm'] },
  ...{ avi: ['video/x-msvideo'], '3gp': ['video/3gpp', 'video/mp4'] },
  ...{
    zip: archive,
    gz: ['application/gzip'],
    tgz: ['application/gzip'],
    '7z': ['application/x-7z-compressed'],
  },
  ...{ xz: ['application/x-xz'], zst: ['application/zstd'], bz2: ['application/x-bzip2'] },
  ...{ rar: ['application/vnd.rar'], tar: ['application/x-tar'] },
  docx: [`${openXml}wordprocessingml.document`, ...archive],
  xlsx: [`${openXml}spreadsheetml.sheet`, ...archive],
  pptx: [`${openXml}presentationml.presentation`, ...archive],
  ...{
    doc: ['application/msword'],
    xls: ['application/vnd.ms-excel'],
    ppt: ['application/vnd.ms-powerpoint'],
  },
  odt: [`${openDocument}text`, ...archive],
  ods: [`${openDocument}spreadsheet`, ...archive],
  odp: [`${openDocument}presentation`, ...archive],
  epub: ['application/epub+zip', ...archive],
  ...{ woff: ['font/woff'], woff2: ['font/woff2'] },
  exe: ['application/vnd.microsoft.portable-executable'],
  dll: ['application/vnd.microsoft.portable-executable'],
  wasm: ['application/wasm'],
  ...{ txt: anyText, csv: anyText, md: anyText, vtt: anyText, json: anyText },
  ...{ html: ['text/html', ...texts], htm: ['text/html', ...texts], xml: ['application/xml', ...anyText] },
};

const extensionOfType = new Map(
  Object.entries(typesOf)
    .toReversed()
    .flatMap(([extension, [type]]) => (type === undefined ? [] : [[type, extension] as const])),
);

/**
 * The name with an extension that fits what the content is: a `photo.jpg` that is a PDF is a `photo.pdf`, so that no system
 * opens it as what it is not. An extension that is not known here stays.
 */
export function fittingName(name: string, mediaType: string): string {
  const extension = extensionOf(name);
  const types = typesOf[extension];
  if (types === undefined || types.includes(mediaType)) return name;
  const other = mediaType.startsWith('text/') ? 'txt' : 'bin';
  return `${name.slice(0, -extension.length)}${extensionOfType.get(mediaType) ?? other}`;
}
