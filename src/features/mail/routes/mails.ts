import type { Deps } from '#platform/deps.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { retryMail } from '../commands/retry-mail.ts';
import { presentMail } from '../present.ts';
import { listMails } from '../queries/reading.ts';
import { mailListQuery, mailPage, mailSchema } from '../schemas.ts';

const tags = ['Operation'];

export function mailAdminRoutes(app: App, deps: Deps): void {
  const listing = operation('listMails', 'List mails and what became of them', {
    tags,
    description: '`state=bounced` are those to addresses that take none. Kept for `MAIL_RETENTION_DAYS`.',
    querystring: mailListQuery,
    response: { 200: mailPage },
    errors: [400, 401, 403],
  });
  // 2 statements, 3 with the total.
  app.get(
    '/admin/mail',
    { schema: listing, config: { access: 'operation.view' } },
    async ({ query: given }) => {
      const { limit = 20, sort = '-createdAt', cursor, include, ...filters } = given;
      const withTotal = include?.includes('total') ?? false;
      const page = await listMails(deps.db, filters, { limit, sort, cursor }, withTotal);
      return {
        items: page.rows.map(presentMail),
        nextCursor: page.nextCursor,
        ...(page.total && { total: page.total }),
      };
    },
  );

  const retrying = operation('retryMail', 'Send a mail that was given up once more', {
    tags,
    description:
      'One that bounced, failed or was held back, to its person’s present address. An address that bounced gets mail again. 409 `mail_not_given_up` for others.',
    params: idParams,
    response: { 200: mailSchema },
    errors: [401, 403, 404, 409],
  });
  app.post(
    '/admin/mail/:id/retry',
    { schema: retrying, config: { access: 'operation.manage' } },
    async (request) => presentMail(await retryMail(traced(deps, request), request.params.id)),
  );
}
