/** Types that a browser shows without running anything of them. SVG and HTML are not among them. */
const shownTypes: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'application/pdf',
  'text/plain',
  'text/vtt',
]);

/** Whether a browser may open it in place; all else is for saving alone. */
export function mayBeShown(mediaType: string): boolean {
  return shownTypes.has(mediaType) || /^(?:audio|video)\//.test(mediaType);
}

/** With its charset where it is a text: every text here is UTF-8. */
export function contentTypeOf(mediaType: string): string {
  return /^text\/|[/+]xml$/.test(mediaType) ? `${mediaType}; charset=utf-8` : mediaType;
}

/** Whether a type is among those allowed, such as `image/*`; where none are named, all but programs are. */
export function isAllowedType(
  mediaType: string,
  allowed: readonly string[],
  programs: ReadonlySet<string>,
): boolean {
  if (allowed.length === 0) return !programs.has(mediaType);
  return allowed.includes(mediaType) || allowed.includes(`${mediaType.split('/')[0]}/*`);
}
