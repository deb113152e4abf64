import { Type } from 'typebox';
import { actorKinds, auditActionNames, outcomes, targetKinds } from '#platform/audit/actions.ts';
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

const name = nullable(Type.String({ description: 'Of now; null for who is no longer there.' }));
const facts = nullable(
  Type.Record(Type.String(), Type.Unknown(), { description: 'Only the fields that changed.' }),
);

export const auditEventSchema = named(
  'AuditEvent',
  object({
    id,
    at: time,
    action: oneOf(auditActionNames),
    outcome: oneOf(outcomes, { description: '`refused`: it was tried in vain.' }),
    actor: object({ kind: oneOf(actorKinds), id: nullable(id), name }),
    apiKeyId: nullable(id),
    impersonatorId: nullable(id),
    sessionId: nullable(id),
    requestId: nullable(Type.String()),
    address: nullable(Type.String({ description: 'Of the client.' })),
    userAgent: nullable(Type.String()),
    target: object({ kind: oneOf(targetKinds), id: nullable(id) }),
    person: nullable(object({ id, name }, { description: 'Whom it concerns.' })),
    courseId: nullable(id),
    before: facts,
    after: facts,
    areDetailsErased: Type.Boolean({
      description: 'Address, user agent, before and after were taken out to forget a person.',
    }),
    position: nullable(
      integer(1, Number.MAX_SAFE_INTEGER, { description: 'In the chain; null until it is sealed.' }),
    ),
  }),
);

const filters = {
  actorId: Type.Optional(id),
  impersonatorId: Type.Optional(id),
  apiKeyId: Type.Optional(id),
  sessionId: Type.Optional(id),
  requestId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  address: Type.Optional(
    Type.String({ minLength: 1, maxLength: 45, description: 'Of the client, as entries have it.' }),
  ),
  personId: Type.Optional(id),
  targetKind: Type.Optional(oneOf(targetKinds)),
  targetId: Type.Optional(id),
  courseId: Type.Optional(id),
  action: Type.Optional(commaList(oneOf(auditActionNames))),
  outcome: Type.Optional(oneOf(outcomes)),
  from: Type.Optional(time),
  to: Type.Optional(time),
};
export const auditListQuery = listQuery(['-at', 'at'], {
  ...filters,
  include: Type.Optional(commaList(oneOf(['total']))),
});
export const auditPage = pageOf('AuditEventPage', auditEventSchema, { total: Type.Optional(cappedTotal) });

export const auditExportQuery = object({ ...filters, format: oneOf(['csv', 'ndjson']) });
const lines = { schema: { type: 'string' } };
export const auditExportAnswer = Type.Unsafe<unknown>({
  description: 'A line an entry, the newest first; CSV begins with the names of its columns.',
  content: { 'text/csv': lines, 'application/x-ndjson': lines },
});
