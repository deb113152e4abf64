import { hasPermission, type Actor } from '#platform/auth/actor.ts';
import { forbidden, notFound, type AppError } from '#platform/errors.ts';
import type { ImportKind } from './csv/columns.ts';

/**
 * Why the actor may not import this, or undefined. Enrollments are decided on row by row, by each course; whoever can
 * manage learners in none is refused at once.
 */
export function refusalOfImporting(actor: Actor, kind: ImportKind): AppError | undefined {
  const isAllowed =
    kind === 'people'
      ? hasPermission(actor, 'users.manage')
      : hasPermission(actor, 'courses.create') || hasPermission(actor, 'courses.manageAny');
  return isAllowed ? undefined : forbidden('Your role does not allow this import.');
}

/** Whose it is, and those who manage people. To all others it does not exist. */
export function mayViewImport(actor: Actor, { ownerId }: { ownerId: string }): boolean {
  return actor.userId === ownerId || hasPermission(actor, 'users.manage');
}

/** Why the actor may not apply it: it is done by the rights of its owner, and so for them alone. 404 to strangers. */
export function refusalOfApplying(
  actor: Actor,
  { ownerId, kind }: { ownerId: string; kind: ImportKind },
): AppError | undefined {
  if (!mayViewImport(actor, { ownerId })) return notFound('Import');
  if (actor.userId !== ownerId) return forbidden('Only who checked a file applies it.');
  return refusalOfImporting(actor, kind);
}
