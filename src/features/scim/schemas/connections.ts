import { Type, type Static } from 'typebox';
import {
  id,
  integer,
  listQuery,
  named,
  nullable,
  object,
  oneLine,
  pageOf,
  time,
} from '#platform/http/schema.ts';

const domain = Type.Unsafe<string>({
  type: 'string',
  maxLength: 253,
  pattern: '^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$',
});
const fields = {
  name: oneLine(1, 100),
  providerId: nullable(
    Type.Unsafe<string>({
      type: 'string',
      format: 'uuid',
      description:
        'The provider of single sign-on that its people sign in by, its `sub` or `NameID` being their `externalId`.',
    }),
  ),
  emailDomains: Type.Array(domain, {
    maxItems: 50,
    description:
      'Whose addresses it speaks for: only an account with such an address is taken up. Where there are any, no others are let in.',
  }),
  isActive: Type.Boolean({ description: 'False: its token counts for nothing.' }),
};
const optional = {
  providerId: Type.Optional(fields.providerId),
  emailDomains: Type.Optional(fields.emailDomains),
  isActive: Type.Optional(fields.isActive),
};
const expiresInDays = Type.Optional(integer(1, 731, { default: 366 }));

const shown = {
  id,
  name: Type.String(),
  providerId: nullable(id),
  emailDomains: Type.Array(Type.String()),
  isActive: Type.Boolean(),
  baseUrl: Type.String({ description: 'To be entered at the directory.' }),
  hint: Type.String({ description: 'The beginning of the token.' }),
  expiresAt: time,
  lastUsedAt: nullable(time),
  previousTokenUntil: nullable(time),
  userCount: integer(0),
  groupCount: integer(0),
  createdAt: time,
  updatedAt: time,
};
export const connectionSchema = named('ScimConnection', object(shown));
export const madeConnectionSchema = named(
  'MadeScimConnection',
  object({ ...shown, token: Type.String({ description: 'Shown only now.' }) }),
);
export const connectionPage = pageOf('ScimConnectionPage', connectionSchema);
export const connectionQuery = listQuery(['-createdAt', 'createdAt'], {});
export const newConnectionBody = named(
  'NewScimConnection',
  object({ name: fields.name, ...optional, expiresInDays }),
);
export const connectionPatch = named(
  'ScimConnectionPatch',
  object({ name: Type.Optional(fields.name), ...optional }),
);
export const newTokenBody = named('NewScimToken', object({ expiresInDays }));

export type NewConnectionInput = Static<typeof newConnectionBody>;
export type ConnectionPatch = Static<typeof connectionPatch>;
export type NewTokenInput = Static<typeof newTokenBody>;
