import { Type, type Static } from 'typebox';
import { scopes } from '#platform/auth/scopes.ts';
import {
  id,
  integer,
  listQuery,
  named,
  nullable,
  object,
  oneLine,
  oneOf,
  pageOf,
  time,
} from '#platform/http/schema.ts';

export const newApiKeyBody = named(
  'NewApiKey',
  object({
    name: oneLine(1, 100),
    scopes: Type.Array(oneOf(scopes), {
      minItems: 1,
      maxItems: 100,
      uniqueItems: true,
      description: 'What it may be used for, of what its owner may do.',
    }),
    expiresInDays: Type.Optional(integer(1, 366, { default: 90 })),
  }),
);
const fields = {
  id,
  name: Type.String(),
  hint: Type.String({ description: 'The beginning of the key.' }),
  scopes: Type.Array(Type.String()),
  status: oneOf(['active', 'expired', 'revoked']),
  expiresAt: time,
  lastUsedAt: nullable(time),
  previousKeyUntil: nullable(time),
  createdAt: time,
};
const apiKeySchema = named('ApiKey', object(fields));
export const madeApiKeySchema = named(
  'MadeApiKey',
  object({ ...fields, key: Type.String({ description: 'Shown only now.' }) }),
);
export const apiKeyPage = pageOf('ApiKeyPage', apiKeySchema);
export const apiKeyListQuery = listQuery(['-createdAt', 'createdAt'], {});
export const userApiKeyParams = object({ id, keyId: id });

export type ApiKeyListQuery = Static<typeof apiKeyListQuery>;
export type NewApiKeyInput = Static<typeof newApiKeyBody>;
