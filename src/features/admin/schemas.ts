import { Type } from 'typebox';
import {
  cappedTotal,
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
import { queueNames } from '#platform/jobs/definition.ts';
import { liveStates } from './queries/jobs.ts';

const queue = oneOf(queueNames);
const state = oneOf(liveStates);
const count = integer(0);

const queueSchema = named(
  'Queue',
  object({
    name: queue,
    counts: object({
      created: count,
      retry: count,
      active: count,
      failed: count,
      completed: nullable(
        integer(0, 2_147_483_647, {
          description: 'Those still kept, as last counted by the engine; null before it did.',
        }),
      ),
    }),
    ready: integer(0, 2_147_483_647, { description: 'Waiting, and due.' }),
    oldestReadySeconds: Type.Number({ minimum: 0, description: '0 where none is ready.' }),
  }),
);
export const queuePage = pageOf('QueuePage', queueSchema);

export const jobSchema = named(
  'Job',
  object({
    id,
    queue,
    job: Type.String({ description: 'Name of the work, such as `certificates.issue`.' }),
    state,
    attempts: integer(0, 2_147_483_647, { description: 'Tries so far, the present one included.' }),
    maxAttempts: integer(1),
    createdAt: time,
    startAfter: time,
    startedAt: nullable(time),
    completedAt: nullable(time),
    error: nullable(Type.String({ description: 'Message of the last failure.' })),
    payload: Type.Record(Type.String(), Type.String(), { description: 'The ids in it, and nothing else.' }),
  }),
);
export const jobListQuery = listQuery(['-createdAt', 'createdAt'], {
  state: Type.Optional(commaList(state)),
  queue: Type.Optional(commaList(queue)),
  job: Type.Optional(Type.String({ maxLength: 100 })),
  include: Type.Optional(commaList(oneOf(['total']))),
});
export const jobPage = pageOf('JobPage', jobSchema, { total: Type.Optional(cappedTotal) });
