import type { Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';

/** For whom an address is made: what of an actor it depends on; null for the anonymous. */
export type Reader = Pick<Actor, 'userId' | 'sessionId' | 'impersonator'> | null;

/**
 * The address of a file's content, for `<img>`, `<video>` and links, where no header can be sent: with a ticket of its
 * reader's, who may be somebody else or nobody by then. Valid for FILE_URL_EXPIRE_MINUTES to twice as long; the same
 * within that time, so that browsers can keep what they read; and of an admin who acts as the reader no longer than that
 * lasts. The anonymous have no ticket and need none.
 */
export function contentUrlOf(
  deps: Pick<Deps, 'config' | 'fileTickets' | 'clock'>,
  fileId: string,
  reader: Reader,
): string {
  const { publicUrl, apiV1Prefix, fileUrlExpireMinutes } = deps.config;
  const address = `${publicUrl}${apiV1Prefix}/files/${fileId}/content`;
  if (reader === null) return address;
  const windowMs = fileUrlExpireMinutes * 60_000;
  const expiresAt = new Date((Math.floor(deps.clock.now().getTime() / windowMs) + 2) * windowMs);
  const { userId, sessionId, impersonator } = reader;
  const of =
    impersonator && sessionId !== null
      ? ({ purpose: 'contentWhileActing', id: fileId, holderId: sessionId } as const)
      : ({ purpose: 'content', id: fileId, holderId: userId } as const);
  return `${address}?ticket=${deps.fileTickets.issue(of, expiresAt)}`;
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
