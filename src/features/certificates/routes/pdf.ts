import { Readable } from 'node:stream';
import type { Deps } from '#platform/deps.ts';
import { conflict, gone, notFound, unavailable } from '#platform/errors.ts';
import { FileMissingError } from '#platform/files/file-store.ts';
import { signedIn } from '#platform/http/access.ts';
import type { ByteRange } from '#platform/http/byte-range.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import { sendFile } from '#platform/http/send-file.ts';
import type { App } from '#platform/http/types.ts';
import { requestRestoredPdf } from '../commands/restore-pdf.ts';
import { mayViewCertificate } from '../policy.ts';
import { findMetPdf } from '../queries/reading.ts';
import { pdfAnswer } from '../schemas.ts';

export function pdfRoutes(app: App, deps: Deps): void {
  const reading = operation('getCertificatePdf', 'The certificate as PDF', {
    tags: ['Certificates'],
    description:
      '409 `certificate_not_ready` while it is being made, 410 `certificate_revoked` once revoked, `certificate_nameless` once its learner was erased. 503 for a while where the file was lost: it is being made anew.',
    params: idParams,
    sends: ['ranges'],
    response: { 200: pdfAnswer, 206: pdfAnswer },
    errors: [401, 404, 409, 410, 416],
  });
  // 2 statements: sign-in, PDF.
  app.get(
    '/certificates/:id/pdf',
    { schema: reading, config: { access: 'signedIn' } },
    async (request, reply) => {
      const actor = signedIn(request);
      const row = await findMetPdf(deps.db, request.params.id, actor.userId);
      if (!row) throw notFound('Certificate');
      const course = { status: row.course_status, staffRole: row.staff_role, hasAccess: false };
      if (!mayViewCertificate(actor, { userId: row.user_id, course })) throw notFound('Certificate');
      if (row.revoked_at) throw gone('certificate_revoked', 'This certificate was revoked.');
      if (row.learner_name === null)
        throw gone('certificate_nameless', 'Its learner was erased, and the document with them.');
      if (row.sha256 === null)
        throw conflict('certificate_not_ready', 'The PDF is being made. Ask again shortly.');
      return sendFile(request, reply, {
        sizeBytes: row.size_bytes ?? row.content?.length ?? 0,
        sha256: row.sha256,
        contentType: 'application/pdf',
        fileName: `${row.course_title} ${row.number}.pdf`,
        fallbackName: `${row.number}.pdf`,
        disposition: 'attachment',
        open: (range) => openPdf(deps, request.params.id, row, range),
      });
    },
  );
}

async function openPdf(
  deps: Deps,
  certificateId: string,
  { storage_key: key, content }: { storage_key: string | null; content: Buffer | null },
  range: ByteRange | undefined,
): Promise<Readable> {
  if (key === null) return Readable.from([content?.subarray(range?.start, range && range.end + 1)]);
  try {
    return await deps.files.read(key, range);
  } catch (error) {
    if (!(error instanceof FileMissingError)) throw error;
    await requestRestoredPdf(deps, certificateId);
    throw unavailable('The PDF is being made anew. Ask again shortly.');
  }
}
