import { Type } from 'typebox';
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
import { mailKinds } from './kinds.ts';
import { mailStates } from './queries/mails.ts';

export const mailSchema = named(
  'Mail',
  object({
    id,
    kind: oneOf(mailKinds),
    state: oneOf(mailStates),
    error: nullable(
      Type.String({
        description:
          'Of the last failure, such as `smtp_550_5.1.1`; or why it was held back: `not_wanted`, `no_address`, `deactivated`, `bounced`, `outdated`.',
      }),
    ),
    attempts: integer(0),
    messageId: Type.String({ description: 'By which mail servers name it in their logs.' }),
    user: object({ id, name: Type.String(), email: nullable(Type.String()) }),
    isAddressBlocked: Type.Boolean({
      description: 'The address that it went to bounced and gets no more mail until this one is sent again.',
    }),
    createdAt: time,
    updatedAt: time,
    sentAt: nullable(time),
  }),
);
export const mailListQuery = listQuery(['-createdAt', 'createdAt'], {
  state: Type.Optional(commaList(oneOf(mailStates))),
  kind: Type.Optional(commaList(oneOf(mailKinds))),
  userId: Type.Optional(id),
  include: Type.Optional(commaList(oneOf(['total']))),
});
export const mailPage = pageOf('MailPage', mailSchema, { total: Type.Optional(cappedTotal) });
