import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { cancelTask } from './commands/cancel-task.ts';
import { mayViewTask } from './policy.ts';
import { presentTask } from './present.ts';
import { findTask, listTasks } from './queries/tasks.ts';
import { taskPage, taskQuery, taskSchema } from './schemas.ts';

const tags = ['Tasks'];
const config = { access: 'signedIn' } as const;

/** Long operations that were answered with 202. */
export function tasksRoutes(app: App, deps: Deps): void {
  const reading = operation('getTask', 'See how far a long operation is', {
    tags,
    description:
      'For whoever began it, and those who look after the operation. Kept for `TASK_RETENTION_DAYS` after it ended.',
    params: idParams,
    response: { 200: taskSchema },
    errors: [401, 404],
  });
  // 2 statements: sign-in, task.
  app.get('/tasks/:id', { schema: reading, config }, async (request) => {
    const task = await findTask(deps.db, request.params.id);
    if (!task || !mayViewTask(signedIn(request), { ownerId: task.owner_id })) throw notFound('Task');
    return presentTask(task);
  });

  const listing = operation('listMyTasks', 'List your own long operations', {
    tags,
    querystring: taskQuery,
    response: { 200: taskPage },
    errors: [400, 401],
  });
  // 2 statements: sign-in, page.
  app.get('/me/tasks', { schema: listing, config }, async (request) => {
    const { limit = 20, sort = '-createdAt', cursor, kind, status } = request.query;
    const filters = { ownerId: signedIn(request).userId, kind, status };
    const page = await listTasks(deps.db, filters, { limit, sort, cursor });
    return { items: page.rows.map(presentTask), nextCursor: page.nextCursor };
  });

  const cancelling = operation('cancelTask', 'Stop a long operation', {
    tags,
    description:
      'It stops before its next part; what it has done stays done. Harmless twice. 409 `task_finished` where it has ended.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 409],
  });
  app.delete('/tasks/:id', { schema: cancelling, config }, async (request, reply) => {
    await cancelTask(traced(deps, request), signedIn(request), request.params.id);
    return reply.status(204).send();
  });
}
