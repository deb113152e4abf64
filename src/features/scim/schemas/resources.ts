import { Type, type TSchema } from 'typebox';
import { integer, named, object } from '#platform/http/schema.ts';
import type { SentOperation } from '../patch.ts';

const text = (maxLength: number) => Type.String({ maxLength });
const urns = Type.Array(text(300), { maxItems: 20 });
const meta = object({
  resourceType: Type.String(),
  created: Type.Optional(Type.String()),
  lastModified: Type.Optional(Type.String()),
  location: Type.String(),
  version: Type.Optional(Type.String()),
});
function open<T extends Record<string, TSchema>>(name: string, properties: T, description: string) {
  return named(name, Type.Object(properties, { additionalProperties: true, description }));
}

export const scimError = named(
  'ScimError',
  object({
    schemas: Type.Array(Type.String()),
    status: Type.String(),
    scimType: Type.Optional(Type.String()),
    detail: Type.String(),
  }),
);

/** Fields of an answer may be left out by `attributes` and `excludedAttributes`, all but the id. */
export const scimUser = named(
  'ScimUser',
  object({
    schemas: Type.Array(Type.String()),
    id: Type.String(),
    externalId: Type.Optional(Type.String()),
    userName: Type.Optional(Type.String()),
    name: Type.Optional(
      object({
        formatted: Type.Optional(Type.String()),
        givenName: Type.Optional(Type.String()),
        familyName: Type.Optional(Type.String()),
      }),
    ),
    displayName: Type.Optional(Type.String()),
    preferredLanguage: Type.Optional(Type.String()),
    active: Type.Optional(Type.Boolean()),
    emails: Type.Optional(
      Type.Array(
        object({
          value: Type.Optional(Type.String()),
          type: Type.Optional(Type.String()),
          primary: Type.Optional(Type.Boolean()),
        }),
      ),
    ),
    meta: Type.Optional(meta),
  }),
);
export const scimGroup = named(
  'ScimGroup',
  object({
    schemas: Type.Array(Type.String()),
    id: Type.String(),
    externalId: Type.Optional(Type.String()),
    displayName: Type.Optional(Type.String()),
    members: Type.Optional(
      Type.Array(
        // With `$ref`, which a document would take for a reference of its own.
        Type.Object(
          { value: Type.Optional(Type.String()), display: Type.Optional(Type.String()) },
          { additionalProperties: Type.String() },
        ),
      ),
    ),
    meta: Type.Optional(meta),
  }),
);
const listOf = (name: string, item: Parameters<typeof Type.Array>[0]) =>
  named(
    name,
    object({
      schemas: Type.Array(Type.String()),
      totalResults: integer(0),
      startIndex: integer(1),
      itemsPerPage: integer(0),
      Resources: Type.Array(item),
    }),
  );
export const scimUserList = listOf('ScimUserList', scimUser);
export const scimGroupList = listOf('ScimGroupList', scimGroup);

const description = Type.Object({}, { additionalProperties: true });
export const scimDescription = named('ScimDescription', description);
export const scimDescriptionList = listOf('ScimDescriptionList', scimDescription);

/** Names of attributes count without regard to case, and unknown ones are passed over: what is in it is read by hand. */
export const userBody = open('ScimUserInput', { schemas: Type.Optional(urns) }, 'A user as RFC 7643 has it.');
export const groupBody = open(
  'ScimGroupInput',
  { schemas: Type.Optional(urns) },
  'A group as RFC 7643 has it.',
);
export const patchBody = open(
  'ScimPatch',
  {
    schemas: Type.Optional(urns),
    Operations: Type.Unsafe<SentOperation[]>({
      type: 'array',
      minItems: 1,
      maxItems: 1_000,
      items: {
        type: 'object',
        required: ['op'],
        properties: {
          op: { type: 'string', maxLength: 20 },
          path: { type: 'string', maxLength: 500 },
          value: {},
        },
      },
    }),
  },
  'PatchOp as RFC 7644, section 3.5.2, has it.',
);

const projection = { attributes: Type.Optional(text(1_000)), excludedAttributes: Type.Optional(text(1_000)) };
const lenient = { additionalProperties: text(1_000) };
/** Whatever else a client adds, such as `sortBy`, is passed over. */
export const oneQuery = Type.Object(projection, lenient);
const most = 1_000_000;
export const listingQuery = Type.Object(
  {
    ...projection,
    filter: Type.Optional(text(1_000)),
    startIndex: Type.Optional(integer(-most, most)),
    count: Type.Optional(integer(-most, most)),
  },
  lenient,
);
export const nameParams = object({ name: text(100) });
