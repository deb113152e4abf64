import { Type } from 'typebox';
import {
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

export const erasureBody = named(
  'ErasureWish',
  object({
    keepNameOnCertificates: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Certificates are verified by number for ever; with the name only where this is true.',
      }),
    ),
  }),
);
export const erasureSchema = named(
  'Erasure',
  object({
    id,
    status: oneOf(['pending', 'cancelled', 'erased']),
    keepNameOnCertificates: Type.Boolean(),
    requestedAt: time,
    erasesAt: time,
  }),
);
export const receiptSchema = named(
  'ErasureReceipt',
  object({
    id,
    status: oneOf(['pending', 'cancelled', 'erased']),
    requestedAt: time,
    erasedAt: nullable(time),
    rows: nullable(
      Type.Record(Type.String(), integer(0), {
        description: 'How many rows of each table were deleted or emptied.',
      }),
    ),
  }),
);

export const exportSchema = named(
  'DataExport',
  object({
    id,
    taskId: id,
    status: oneOf(['queued', 'running', 'ready', 'expired', 'failed', 'cancelled'], {
      description: '`expired`: the archive is no more, by its time or by a newer one.',
    }),
    sizeBytes: nullable(integer(0, Number.MAX_SAFE_INTEGER)),
    requestedAt: time,
    readyAt: nullable(time),
    expiresAt: nullable(time),
  }),
);
export const exportPage = pageOf('DataExportPage', exportSchema);
export const exportQuery = listQuery(['-requestedAt', 'requestedAt'], {});
export const linkSchema = named(
  'DataExportLink',
  object({ url: Type.String({ description: 'Opens without an access token.' }), expiresAt: time }),
);
export const archiveQuery = object({
  ticket: Type.Optional(Type.String({ maxLength: 200, description: 'As in the `url` of a link.' })),
});
export const archiveAnswer = Type.Unsafe<unknown>({
  description: 'The archive.',
  content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } },
});
