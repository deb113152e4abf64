const maxLength = 200;
// Controls, marks that turn the direction of text, and what no file system bears.
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}<>:"|?*]/gu;

/**
 * A file's name as it is kept and shown: the last part of whatever path a client sent, in NFC, of at most 200
 * characters, its extension kept. Never empty, and never a key: files are stored by their ids.
 */
export function cleanFileName(given: string): string {
  const last =
    given
      .toWellFormed()
      .split(/[/\\]/)
      .findLast((part) => part.trim() !== '') ?? '';
  const clean = last
    .normalize('NFC')
    .replaceAll(unsafe, ' ')
    .replaceAll(/\s+/g, ' ')
    .replace(/^[.\s]+/, '')
    .trim();
  const [extension = ''] = /\.[a-z0-9]{1,10}$/i.exec(clean) ?? [];
  const stem = Array.from(clean.slice(0, clean.length - extension.length));
  return `${stem.slice(0, maxLength - extension.length).join('')}${extension}` || 'file';
}

/** In lower case and without the dot; empty where there is none. */
export function extensionOf(name: string): string {
  return /\.([a-z0-9]{1,10})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
}
