import { Type } from 'typebox';
import { reasonSchema } from '#platform/http/problems.ts';
import {
  commaList,
  id,
  integer,
  listQuery,
  named,
  nullable,
  object,
  oneOf,
  pageOf,
  time,
} from '#platform/http/schema.ts';

const taskStatus = oneOf(['queued', 'running', 'succeeded', 'failed', 'cancelled']);

export const taskSchema = named(
  'Task',
  object({
    id,
    kind: Type.String({ description: 'What is done, such as `imports.check`.' }),
    subjectId: id,
    status: taskStatus,
    done: integer(0),
    total: nullable(integer(0, 2_147_483_647, { description: 'Null until it is known.' })),
    error: nullable(named('TaskError', object({ code: Type.String(), errors: Type.Array(reasonSchema) }))),
    createdAt: time,
    startedAt: nullable(time),
    finishedAt: nullable(time),
  }),
);
export const taskPage = pageOf('TaskPage', taskSchema);
export const taskQuery = listQuery(['-createdAt', 'createdAt'], {
  kind: Type.Optional(Type.String({ maxLength: 100 })),
  status: Type.Optional(commaList(taskStatus)),
});
