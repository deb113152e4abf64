import { Type } from 'typebox';
import { id, integer, named, nullable, object, oneOf, time } from '#platform/http/schema.ts';

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
