import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { refusalOfDeleting } from '../policy.ts';
import { deleteFileRow, listLessonsUsing, lockMetFile } from '../queries/files.ts';
import { discardContent } from './store-content.ts';

const shownLessons = 20;

/** Deletes a file and its content. 403, 404, 409 `file_in_use` with the lessons that use it. */
export async function deleteFile(deps: Deps, actor: Actor, id: string): Promise<void> {
  const storeKey = await inTransaction(deps.db, async (tx) => {
    const file = await lockMetFile(tx, id, actor.userId);
    const refusal = refusalOfDeleting(actor, file);
    if (refusal) throw refusal;
    if (!file) throw notFound('File');
    const lessonIds = await listLessonsUsing(tx, id, shownLessons);
    if (lessonIds.length > 0) {
      const reasons = lessonIds.map((lessonId) => ({
        code: 'used_by_lesson',
        params: { lessonId },
        message: 'A lesson uses it.',
      }));
      throw conflict('file_in_use', 'Lessons use this file. Take it out of them first.', reasons);
    }
    await deleteFileRow(tx, id);
    // What people do to files of their own is no part of the trail.
    if (file.ownerId !== actor.userId)
      await deps.audit.record(tx, {
        action: 'file.deleted',
        targetId: id,
        personId: file.ownerId,
        before: { name: file.name, mediaType: file.media_type, sizeBytes: file.size_bytes },
      });
    return file.store_key;
  });
  // Afterwards: a row without content would be a file that cannot be read, content without a row is swept.
  await discardContent(deps, storeKey);
}
