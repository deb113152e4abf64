import type { Deps } from '#platform/deps.ts';
import { conflict, gone, notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { contentDisposition } from '#platform/http/content-disposition.ts';
import { opaqueTagsOf } from '#platform/http/etag.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import type { App, Reply } from '#platform/http/types.ts';
import { mayViewCertificate } from '../policy.ts';
import { findMetPdf } from '../queries/reading.ts';
import { pdfAnswer } from '../schemas.ts';

export function pdfRoutes(app: App, deps: Deps): void {
  const reading = operation('getCertificatePdf', 'The certificate as PDF', {
    tags: ['Certificates'],
    description:
      '409 `certificate_not_ready` while it is being made, 410 `certificate_revoked` once revoked.',
    params: idParams,
    response: { 200: pdfAnswer },
    errors: [401, 404, 409, 410],
  });
  // 2 statements: sign-in, PDF.
  app.get(
    '/certificates/:id/pdf',
    { schema: reading, config: { access: 'signedIn' } },
    async (request, reply) => {
      const actor = signedIn(request);
      const known = opaqueTagsOf(request.headers['if-none-match']);
      const row = await findMetPdf(deps.db, request.params.id, actor.userId, known);
      if (!row) throw notFound('Certificate');
      const course = { status: row.course_status, staffRole: row.staff_role, hasAccess: false };
      if (!mayViewCertificate(actor, { userId: row.user_id, course })) throw notFound('Certificate');
      if (row.revoked_at) throw gone('certificate_revoked', 'This certificate was revoked.');
      if (row.hash === null)
        throw conflict('certificate_not_ready', 'The PDF is being made. Ask again shortly.');
      // Asked again each time, since it may be revoked.
      reply.headers({ etag: `"${row.hash}"`, 'cache-control': 'private, no-cache' });
      if (!row.content) return (reply as Reply).status(304).send();
      return reply
        .type('application/pdf')
        .header(
          'content-disposition',
          contentDisposition(`${row.course_title} ${row.number}.pdf`, `${row.number}.pdf`),
        )
        .send(row.content);
    },
  );
}
