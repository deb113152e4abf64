import type { Deps } from '#platform/deps.ts';

/**
 * The address of a file's content, for `<img>`, `<video>` and links, where no header can be sent: with a ticket of its
 * reader's, who may be somebody else or nobody by then. Valid for FILE_URL_EXPIRE_MINUTES to twice as long; the same
 * within that time, so that browsers can keep what they read. The anonymous have no ticket and need none.
 */
export function contentUrlOf(
  deps: Pick<Deps, 'config' | 'fileTickets' | 'clock'>,
  fileId: string,
  userId: string | null,
): string {
  const { publicUrl, apiV1Prefix, fileUrlExpireMinutes } = deps.config;
  const address = `${publicUrl}${apiV1Prefix}/files/${fileId}/content`;
  if (userId === null) return address;
  const windowMs = fileUrlExpireMinutes * 60_000;
  const expiresAt = new Date((Math.floor(deps.clock.now().getTime() / windowMs) + 2) * windowMs);
  return `${address}?ticket=${deps.fileTickets.issue({ purpose: 'content', id: fileId, holderId: userId }, expiresAt)}`;
}

export const pictureSizes = ['small', 'medium', 'large'] as const;
export type PictureSize = (typeof pictureSizes)[number];
/** What of the settings makes addresses. */
export type Addressing = { publicUrl: string; apiV1Prefix: string };

/** The address of a picture, which never changes: another picture has another id. */
export function pictureUrlOf({ publicUrl, apiV1Prefix }: Addressing, id: string, size: PictureSize): string {
  return `${publicUrl}${apiV1Prefix}/pictures/${id}/${size}`;
}

/** A course's picture: the one that was uploaded, else the one elsewhere that its authors named. */
export function imageUrlOf(
  config: Addressing,
  course: { picture_id: string | null; image_url: string | null },
): string | null {
  return course.picture_id === null ? course.image_url : pictureUrlOf(config, course.picture_id, 'large');
}
