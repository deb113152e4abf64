import { Type } from 'typebox';
import {
  cappedTotal,
  commaList,
  id,
  listQuery,
  named,
  nullable,
  object,
  oneOf,
  pageOf,
  text,
  time,
} from '#platform/http/schema.ts';

const verificationFields = {
  status: oneOf(['valid', 'revoked', 'expired']),
  number: Type.String(),
  learnerName: nullable(Type.String({ description: 'As the record said when it was issued.' })),
  courseTitle: Type.String(),
  language: Type.String(),
  issuer: Type.String(),
  completedAt: time,
  issuedAt: time,
  expiresAt: nullable(time),
  revokedAt: nullable(time),
  revocationReason: nullable(Type.String()),
  verifyUrl: Type.String({ description: 'Public page of this number; it never changes.' }),
};

export const verificationSchema = named('CertificateVerification', object(verificationFields));
export const certificateSchema = named(
  'Certificate',
  object({
    id,
    enrollmentId: id,
    userId: id,
    courseId: id,
    ...verificationFields,
    replacesId: nullable(id),
    replacedById: nullable(id),
    hasPdf: Type.Boolean({ description: 'False while it is being made, and once revoked.' }),
  }),
);

const listFields = { include: Type.Optional(commaList(oneOf(['total']))) };
export const ownCertificateQuery = listQuery(['-issuedAt', 'issuedAt'], listFields);
export const certificateQuery = listQuery(['-issuedAt', 'issuedAt'], {
  ...listFields,
  number: Type.Optional(
    Type.String({ maxLength: 100, description: 'As typed: case, spaces and dashes do not count.' }),
  ),
  userId: Type.Optional(id),
  courseId: Type.Optional(id),
});
export const certificatePage = pageOf('CertificatePage', certificateSchema, {
  total: Type.Optional(cappedTotal),
});

const reason = text(1, 500, { description: 'Shown to whoever verifies it.' });
export const revocationBody = named('Revocation', object({ reason }));
export const reissueBody = named('Reissue', object({ reason: Type.Optional(reason) }));

export const numberParams = object({ number: Type.String({ maxLength: 300 }) });
/** The bytes of a PDF: no JSON. */
export const pdfAnswer = Type.Unsafe<Buffer>({
  description: 'The certificate.',
  content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } },
});
