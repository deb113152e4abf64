import { findStanding } from '#features/courses/commands/find-standing.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { reissueCertificate } from '../commands/reissue-certificate.ts';
import { revokeCertificate } from '../commands/revoke-certificate.ts';
import { normaliseCertificateNumber } from '../number.ts';
import { mayViewCertificate, refusalOfListing } from '../policy.ts';
import { presentCertificate } from '../present.ts';
import {
  findMetCertificate,
  listCertificates,
  type CertificateFilters,
  type CertificateRow,
} from '../queries/reading.ts';
import {
  certificatePage,
  certificateQuery,
  certificateSchema,
  ownCertificateQuery,
  reissueBody,
  revocationBody,
} from '../schemas.ts';

const tags = ['Certificates'];
const config = { access: 'signedIn' } as const;
const managed = { access: 'certificates.manage' } as const;

export function certificateRoutes(app: App, deps: Deps): void {
  listRoutes(app, deps);
  const present = (row: CertificateRow) => presentCertificate(row, deps.config, deps.clock.now());

  const reading = operation('getCertificate', 'Read a certificate', {
    tags,
    description: 'For its learner, staff of the course who see learners, and admins.',
    params: idParams,
    response: { 200: certificateSchema },
    errors: [401, 404],
  });
  // 2 statements: sign-in, certificate.
  app.get('/certificates/:id', { schema: reading, config }, async (request) => {
    const actor = signedIn(request);
    const row = await findMetCertificate(deps.db, request.params.id, actor.userId);
    if (!row) throw notFound('Certificate');
    const course = { status: row.course_status, staffRole: row.staff_role, hasAccess: false };
    if (!mayViewCertificate(actor, { userId: row.user_id, course })) throw notFound('Certificate');
    return present(row);
  });

  const revoking = operation('revokeCertificate', 'Revoke a certificate for good', {
    tags,
    description:
      'Its page says so, with the reason, and its PDF is gone. Again answers the same: the first reason stays.',
    params: idParams,
    body: revocationBody,
    response: { 200: certificateSchema },
    errors: [400, 401, 403, 404, 422],
  });
  app.post('/certificates/:id/revocation', { schema: revoking, config: managed }, async (request) => {
    const { id } = request.params;
    return present(
      await revokeCertificate(traced(deps, request), signedIn(request), id, request.body.reason.trim()),
    );
  });

  const reissuing = operation('reissueCertificate', 'Replace a certificate by a corrected one', {
    tags,
    description:
      'The new one has its own number and says what the records say now; the old one is revoked with the reason, unless it was. Its PDF follows: `hasPdf`. Only the last of a completion can be replaced, once: 409 `certificate_replaced`.',
    params: idParams,
    body: reissueBody,
    isBodyOptional: true,
    sends: ['location'],
    response: { 201: certificateSchema },
    errors: [400, 401, 403, 404, 409, 422],
  });
  app.post('/certificates/:id/reissue', { schema: reissuing, config: managed }, async (request, reply) => {
    const reason = request.body.reason?.trim();
    const row = await reissueCertificate(traced(deps, request), signedIn(request), request.params.id, reason);
    return reply
      .status(201)
      .header('location', locationOf(deps, `/certificates/${row.id}`))
      .send(present(row));
  });
}

function listRoutes(app: App, deps: Deps): void {
  type ListQuery = { limit?: number; sort?: string; cursor?: string; include?: string[] };
  const listed = async (filters: CertificateFilters, query: ListQuery) => {
    const { limit = 20, sort = '-issuedAt', cursor, include } = query;
    const withTotal = include?.includes('total') ?? false;
    const page = await listCertificates(deps.db, filters, { limit, sort, cursor }, withTotal);
    const now = deps.clock.now();
    return {
      items: page.rows.map((row) => presentCertificate(row, deps.config, now)),
      nextCursor: page.nextCursor,
      ...(page.total && { total: page.total }),
    };
  };

  const own = operation('listMyCertificates', 'List your certificates', {
    tags,
    description: 'Each is listed once its PDF exists; revoked ones stay.',
    querystring: ownCertificateQuery,
    response: { 200: certificatePage },
    errors: [400, 401],
  });
  // 2 statements, 3 with the total.
  app.get('/me/certificates', { schema: own, config }, async (request) =>
    listed({ userId: signedIn(request).userId }, request.query),
  );

  const all = operation('listCertificates', 'List certificates', {
    tags,
    description: 'Admins list all; staff who see learners those of one course, by `courseId`.',
    querystring: certificateQuery,
    response: { 200: certificatePage },
    errors: [400, 401, 403, 404],
  });
  // 2 statements, 3 with a course, one more with the total.
  app.get('/certificates', { schema: all, config }, async (request) => {
    const actor = signedIn(request);
    const { number, userId, courseId, ...query } = request.query;
    const course = courseId === undefined ? null : await findStanding(deps.db, courseId, actor.userId);
    const refusal = refusalOfListing(actor, course);
    if (refusal) throw refusal;
    // What cannot be a number is looked for as it is, and found nowhere.
    const canonical = number === undefined ? undefined : (normaliseCertificateNumber(number) ?? number);
    return listed({ number: canonical, userId, courseId }, query);
  });
}
