import type { PictureSize } from '#platform/files/content-url.ts';
import { invalid, unavailable } from '#platform/errors.ts';
import { createInHand } from '#platform/http/in-hand.ts';

export type PictureKind = 'avatar' | 'course';
export type Rendition = { size: PictureSize; bytes: Buffer };
/**
 * Makes WebP of a picture in each size, without its metadata. `read` is asked for the source when its turn has come, so
 * that those who wait hold nothing. Throws 400 for what is none, 429 where the person has one in hand already, 503 with
 * too many at once.
 */
export type Resize = (
  read: () => Promise<Buffer>,
  { kind, userId }: { kind: PictureKind; userId: string },
) => Promise<Rendition[]>;

export const maxSourceBytes = 20_000_000;
/** Types that are read. SVG is not among them: it is a program for drawing. */
export const pictureTypes: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
]);
/** Decoded, a small file can be huge. A camera's picture has less than this. */
const maxPixels = 60_000_000;
const timeoutSeconds = 10;
const maxWaiting = 20;

/** Longest edges, in pixels: of squares for people, of whatever shape for courses. */
const edges = {
  avatar: { small: 64, medium: 256, large: 512 },
  course: { small: 480, medium: 960, large: 1_920 },
} as const satisfies Record<PictureKind, Record<PictureSize, number>>;
const sizes = ['large', 'medium', 'small'] as const;

/** One picture at a time: decoding takes memory and all of a processor. */
export function createResize(): Resize {
  const inHand = createInHand(1);
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return (read, { kind, userId }) =>
    inHand(userId, async () => {
      if (waiting >= maxWaiting) throw unavailable('Too many pictures are being made. Try again.');
      waiting += 1;
      const mine = last.then(async () => resize(await read(), kind));
      last = mine.catch(() => {});
      return mine.finally(() => (waiting -= 1));
    });
}

async function resize(source: Buffer, kind: PictureKind): Promise<Rendition[]> {
  // Loaded when first needed: most processes never make a picture.
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  const fit = kind === 'avatar' ? ('cover' as const) : ('inside' as const);
  const boxOf = (size: PictureSize) => ({
    width: edges[kind][size],
    height: edges[kind][size],
    fit,
    withoutEnlargement: kind === 'course',
  });
  try {
    // Decoded once, turned as the camera was held, the first frame of an animation. Metadata stays behind.
    const { data, info } = await sharp(source, { limitInputPixels: maxPixels, pages: 1, failOn: 'error' })
      .timeout({ seconds: timeoutSeconds })
      .autoOrient()
      .toColourspace('srgb')
      .resize(boxOf('large'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const raw = { width: info.width, height: info.height, channels: info.channels };
    const made: Rendition[] = [];
    for (const size of sizes) {
      const bytes = await sharp(data, { raw }).resize(boxOf(size)).webp({ quality: 80 }).toBuffer();
      made.push({ size, bytes });
    }
    return made;
  } catch {
    throw invalid('No picture can be made of this file.', [notPicture]);
  }
}

export const notPicture = {
  path: '/fileId',
  code: 'picture_invalid',
  params: { maxBytes: maxSourceBytes, maxPixels },
  message: 'It must be a PNG, JPEG, GIF, WebP or AVIF within these bounds.',
};
