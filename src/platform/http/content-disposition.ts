const maxLength = 120;

/**
 * Value of Content-Disposition (RFC 6266) for a file to be saved, or shown (`inline`). `name` may be any text: what file systems and readers
 * would misread is taken out, the rest is encoded by RFC 8187; `fallback` is plain ASCII, for what knows no other.
 */
export function contentDisposition(
  name: string,
  fallback: string,
  type: 'attachment' | 'inline' = 'attachment',
): string {
  const extended = encodeURIComponent(safeFileName(name)).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${type}; filename="${fallback}"; filename*=UTF-8''${extended}`;
}

// Separators, wildcards, controls, and marks that turn the direction of text, behind which "exe.pdf" hides ".exe".
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}/\\:*?"<>|]/gu;

/** The name as a file system can bear it: of any text, never empty of sense to a path, and of at most 120 characters. */
export function safeFileName(name: string): string {
  const clean = name
    .normalize('NFC')
    .replaceAll(unsafe, ' ')
    .replaceAll(/\s+/g, ' ')
    .replace(/^[.\s]+/, '')
    .trim();
  const [extension = ''] = /\.[a-z0-9]{1,8}$/i.exec(clean) ?? [];
  const stem = clean.slice(0, clean.length - extension.length);
  const kept = Array.from(new Intl.Segmenter().segment(stem), ({ segment }) => segment)
    .slice(0, maxLength)
    .join('');
  return `${kept}${extension}`;
}
