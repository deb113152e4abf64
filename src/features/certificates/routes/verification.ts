import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { operation } from '#platform/http/operation.ts';
import type { App } from '#platform/http/types.ts';
import { readerLocale } from '#platform/pages/languages.ts';
import { pageHeaders } from '#platform/pages/page.ts';
import { normaliseCertificateNumber } from '../number.ts';
import { presentVerification, presentVerificationPage } from '../present.ts';
import { findByNumber } from '../queries/reading.ts';
import { renderVerificationNotFoundPage, renderVerificationPage } from '../render/verification-page.ts';
import { verificationStyle } from '../render/verification-style.ts';
import { numberParams, verificationSchema } from '../schemas.ts';

const config = { access: 'public', limit: 'verify', ignoresCaller: true } as const;

/** What a stranger asks, as JSON. */
export function verificationRoutes(app: App, deps: Deps): void {
  const verifying = operation('verifyCertificate', 'Verify a certificate by its number', {
    tags: ['Certificates'],
    description: 'The number as typed: case, spaces and dashes do not count.',
    params: numberParams,
    response: { 200: verificationSchema },
    errors: [404, 429],
  });
  // 1 statement.
  app.get('/certificates/verify/:number', { schema: verifying, config }, async (request) => {
    const row = await findTyped(deps, request.params.number);
    if (!row) throw notFound('Certificate');
    return presentVerification(row, deps.config, deps.clock.now());
  });
}

/** The page behind the QR code, at the root: `/verify/{number}`. */
export function verificationPageRoutes(app: App, deps: Deps): void {
  const headers = pageHeaders(verificationStyle, { mayPost: false });
  const schema = { hide: true, params: numberParams } as const;
  app.get('/verify/:number', { schema, config }, async (request, reply) => {
    const { number } = request.params;
    const locale = readerLocale(request.headers['accept-language']);
    const row = await findTyped(deps, number);
    reply.headers({ ...headers, 'content-language': locale }).type('text/html; charset=utf-8');
    if (!row) return reply.status(404).send(renderVerificationNotFoundPage(number, locale));
    const page = presentVerificationPage(row, deps.config, deps.clock.now());
    return reply.send(renderVerificationPage(page, locale));
  });
}

async function findTyped(deps: Deps, typed: string) {
  const number = normaliseCertificateNumber(typed);
  return number === undefined ? undefined : findByNumber(deps.db, number);
}
