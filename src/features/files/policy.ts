import { may, mayReadLesson, type Standing } from '#features/courses/policy.ts';
import { hasPermission, type Actor } from '#platform/auth/actor.ts';
import { forbidden, notFound, unauthenticated, type AppError } from '#platform/errors.ts';

/** A lesson that a file belongs to, with how the actor stands to its course. */
export type FileUse = { standing: Standing; lesson: { isPreview: boolean; isReady: boolean } };
export type MetFile = { ownerId: string; uses: readonly FileUse[] };

/** Whose it is, and admins. */
export function managesFile(actor: Actor | null, { ownerId }: Pick<MetFile, 'ownerId'>): boolean {
  return actor !== null && (actor.userId === ownerId || hasPermission(actor, 'courses.manageAny'));
}

/** Besides them, whoever may read a lesson that it belongs to: for previews, anyone. */
export function mayReadFile(actor: Actor | null, file: MetFile): boolean {
  return managesFile(actor, file) || file.uses.some((use) => mayReadLesson(actor, use.standing, use.lesson));
}

/** Why a file is not shown: the same whether it is there or not; the anonymous may be somebody who may. */
export function refusalOfReading(actor: Actor | null, file: MetFile | undefined): AppError | undefined {
  if (file && mayReadFile(actor, file)) return undefined;
  return actor ? notFound('File') : unauthenticated('Sign in to read this file.');
}

/** Why it may not be deleted: 403 to those who may read it. */
export function refusalOfDeleting(actor: Actor, file: MetFile | undefined): AppError | undefined {
  const refusal = refusalOfReading(actor, file);
  if (refusal || !file) return refusal ?? notFound('File');
  return managesFile(actor, file) ? undefined : forbidden('Only who uploaded a file, and admins, delete it.');
}

/** Why files of a lesson may not be set: 403 for those who may know of its course, else 404. */
export function refusalOfSetting(actor: Actor, standing: Standing): AppError | undefined {
  if (may(actor, 'course.edit', standing)) return undefined;
  if (!may(actor, 'course.view', standing)) return notFound('Lesson');
  return forbidden('Your part in this course does not allow this.', 'forbidden', [
    {
      code: 'permission_required',
      params: { permission: 'course.edit' },
      message: 'It needs the permission course.edit in the course.',
    },
  ]);
}

/**
 * Whether the actor may put this file into a lesson: their own, or one that the course has already. Others’ files
 * would be shown to people whom their owners do not know, and could no longer be deleted by them.
 */
export function mayUseFile(actor: Actor, file: { ownerId: string; isInCourse: boolean }): boolean {
  return file.isInCourse || managesFile(actor, file);
}

/** An announced upload is its owner's alone. */
export function isOwnUpload(actor: Pick<Actor, 'userId'>, upload: { ownerId: string }): boolean {
  return actor.userId === upload.ownerId;
}
