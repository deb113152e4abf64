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
import { stages } from './job-definitions.ts';

const kind = oneOf(['people', 'enrollments']);
const rowStatus = oneOf(['created', 'updated', 'unchanged', 'failed']);

const run = named(
  'ImportRun',
  object({
    taskId: id,
    status: oneOf(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
    done: integer(0),
    total: nullable(integer(0)),
    counts: object({ created: integer(0), updated: integer(0), unchanged: integer(0), failed: integer(0) }),
    error: nullable(object({ code: Type.String(), errors: Type.Array(reasonSchema) })),
  }),
);

export const newImportBody = named('NewImport', object({ kind, fileId: id }));
export const importSchema = named(
  'Import',
  object({
    id,
    kind,
    fileId: nullable(id),
    createdAt: time,
    dryRun: nullable(run),
    application: nullable(run),
  }),
);
export const importRowQuery = listQuery(['line'], {
  stage: Type.Optional(oneOf(stages)),
  status: Type.Optional(commaList(rowStatus)),
});
export const importRowPage = pageOf(
  'ImportRowPage',
  named(
    'ImportRow',
    object({
      line: integer(1, 2_147_483_647, { description: 'Where the row begins; the columns stand in line 1.' }),
      status: rowStatus,
      errors: Type.Array(reasonSchema),
      userId: nullable(id),
      enrollmentId: nullable(id),
    }),
  ),
);
