import { lockCourseFor } from '#features/courses/commands/get-course.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { invalid, notFound } from '#platform/errors.ts';
import { pictureSizes, type PictureSize } from '#platform/files/content-url.ts';
import { FileMissingError } from '#platform/files/file-store.ts';
import { newId } from '#platform/ids.ts';
import { Readable } from 'node:stream';
import {
  maxSourceBytes,
  notPicture,
  pictureTypes,
  type PictureKind,
  type Resize,
} from '../picture/resize.ts';
import { mayUseFile } from '../policy.ts';
import { findFile, type FileRow } from '../queries/files.ts';
import { deletePicture, insertPicture, swapAvatar, swapCoursePicture } from '../queries/pictures.ts';
import { discardContent } from './store-content.ts';

type Making = { resize: Resize; fileId: string };
/** Puts the picture in the place of the one before, whose id it returns. Throws where the actor may not. */
type Swap = (tx: Tx, id: string | null, now: Date) => Promise<string | null>;

/** Gives the actor a picture made from a file of theirs. Returns its id. 400, 404, 429, 503, 507. */
export function setAvatar(deps: Deps, actor: Actor, making: Making): Promise<string> {
  return setPicture(deps, actor, 'avatar', making, avatarOf(actor));
}

export function removeAvatar(deps: Deps, actor: Actor): Promise<void> {
  return removePicture(deps, avatarOf(actor));
}

/** Gives a course a picture made from a file of the actor's. 400, 403, 404, 429, 503, 507. */
export async function setCoursePicture(
  deps: Deps,
  actor: Actor,
  courseId: string,
  making: Making,
): Promise<string> {
  // Before the work, and again with it.
  await inTransaction(deps.db, (tx) => lockCourseFor(tx, actor, courseId, 'course.edit'));
  return setPicture(deps, actor, 'course', making, pictureOf(actor, courseId));
}

export function removeCoursePicture(deps: Deps, actor: Actor, courseId: string): Promise<void> {
  return removePicture(deps, pictureOf(actor, courseId));
}

/** Where the bytes of a picture are kept. */
export function pictureKeyOf(id: string, size: PictureSize): string {
  return `pictures/${id.toLowerCase()}-${size}`;
}

function avatarOf(actor: Actor): Swap {
  return (tx, id, now) => swapAvatar(tx, actor.userId, id, now);
}

function pictureOf(actor: Actor, courseId: string): Swap {
  return async (tx, id, now) => {
    await lockCourseFor(tx, actor, courseId, 'course.edit');
    return swapCoursePicture(tx, courseId, id, now);
  };
}

async function setPicture(
  deps: Deps,
  actor: Actor,
  kind: PictureKind,
  { resize, fileId }: Making,
  swap: Swap,
): Promise<string> {
  const file = await findFile(deps.db, fileId);
  if (!file || !mayUseFile(actor, { ownerId: file.owner_id, isInCourse: false })) throw notFound('File');
  refuseSource(file);
  const renditions = await resize(() => readPicture(deps, file), { kind, userId: actor.userId });
  const id = newId();
  try {
    for (const { size, bytes } of renditions)
      await deps.files.put(pictureKeyOf(id, size), Readable.from([bytes]), { contentType: 'image/webp' });
    const before = await inTransaction(deps.db, async (tx) => {
      const now = deps.clock.now();
      await insertPicture(tx, id, kind, now);
      return swapOut(tx, swap, id, now);
    });
    if (before !== null) await discardPicture(deps, before);
    return id;
  } catch (error) {
    await discardPicture(deps, id);
    throw error;
  }
}

async function removePicture(deps: Deps, swap: Swap): Promise<void> {
  const before = await inTransaction(deps.db, (tx) => swapOut(tx, swap, null, deps.clock.now()));
  if (before !== null) await discardPicture(deps, before);
}

async function swapOut(tx: Tx, swap: Swap, id: string | null, now: Date): Promise<string | null> {
  const before = await swap(tx, id, now);
  if (before !== null) await deletePicture(tx, before);
  return before;
}

/** Takes the bytes of a picture away that has no row. */
async function discardPicture(deps: Deps, id: string): Promise<void> {
  for (const size of pictureSizes) await discardContent(deps, pictureKeyOf(id, size));
}

function refuseSource(file: FileRow): void {
  if (!pictureTypes.has(file.media_type) || file.size_bytes > maxSourceBytes)
    throw invalid('No picture can be made of this file.', [notPicture]);
}

async function readPicture(deps: Deps, { store_key: key, size_bytes: sizeBytes }: FileRow): Promise<Buffer> {
  const bytes = Buffer.alloc(sizeBytes);
  let length = 0;
  const source: AsyncIterable<Buffer> = await deps.files.read(key).catch((error: unknown) => {
    // Deleted while it waited.
    throw error instanceof FileMissingError ? notFound('File') : error;
  });
  for await (const chunk of source) length += chunk.copy(bytes, length);
  return bytes.subarray(0, length);
}
