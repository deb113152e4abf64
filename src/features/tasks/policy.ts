import { hasPermission, type Actor } from '#platform/auth/actor.ts';
import { forbidden, notFound, type AppError } from '#platform/errors.ts';

type Owned = { ownerId: string };

/** Whose it is, and those who look after the operation. To all others it does not exist. */
export function mayViewTask(actor: Actor, { ownerId }: Owned): boolean {
  return actor.userId === ownerId || hasPermission(actor, 'operation.view');
}

/** Why the actor may not have it stopped: 404 to strangers. */
export function refusalOfCancelling(actor: Actor, task: Owned): AppError | undefined {
  if (!mayViewTask(actor, task)) return notFound('Task');
  if (actor.userId === task.ownerId || hasPermission(actor, 'operation.manage')) return undefined;
  return forbidden('Only who began it, and those who manage the operation, stop it.');
}
