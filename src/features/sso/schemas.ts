import { Type, type Static } from 'typebox';
import { roles } from '#platform/auth/actor.ts';
import {
  id,
  listQuery,
  named,
  nullable,
  object,
  oneLine,
  oneOf,
  pageOf,
  text,
  time,
} from '#platform/http/schema.ts';
import { allOptional } from './optional.ts';
import { protocols } from './queries/providers.ts';
import { samlInput, samlShown } from './saml/schemas.ts';

const key = Type.Unsafe<string>({
  type: 'string',
  maxLength: 50,
  pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
  description: 'Stands in the addresses of its sign-ins.',
});
const claim = oneLine(1, 100);
const scope = Type.Unsafe<string>({
  type: 'string',
  maxLength: 100,
  pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$',
});
const domain = Type.Unsafe<string>({
  type: 'string',
  maxLength: 253,
  pattern: '^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$',
});
const mapping = named(
  'SsoGroupMapping',
  object({
    value: oneLine(1, 300, { description: 'As the claim of groups says it.' }),
    role: Type.Optional(oneOf(roles)),
    customRoleId: Type.Optional(id),
    groupId: Type.Optional(id),
  }),
);

const protocol = oneOf(protocols);

const fields = {
  key,
  name: oneLine(1, 100, { description: 'On the button of sign-in pages.' }),
  issuer: text(1, 500, {
    description:
      'As the provider writes it itself. OpenID Connect: https, or http outside of staging and production. SAML: its entity id, of the metadata unless said.',
  }),
  clientId: oneLine(1, 300, {
    description: 'What we are called there. SAML: our entity id, the address of our metadata unless said.',
  }),
  clientSecret: nullable(
    Type.String({
      minLength: 1,
      maxLength: 1_000,
      description: 'Stored encrypted and told to nobody. Null: the provider wants none.',
    }),
  ),
  scopes: Type.Array(scope, { minItems: 1, maxItems: 20, uniqueItems: true }),
  claims: object(
    {
      email: Type.Optional(claim),
      name: Type.Optional(claim),
      groups: Type.Optional(claim),
      subject: Type.Optional(
        oneLine(1, 100, {
          description:
            'OpenID Connect: who it is, `sub` unless said. One that never changes and is given to nobody else, such as `oid` of Microsoft Entra; set it before anybody signs in.',
        }),
      ),
      emailVerified: Type.Optional(
        oneLine(1, 100, {
          description:
            'OpenID Connect: whether the address is verified, `email_verified` unless said. Of Microsoft Entra `xms_edov`.',
        }),
      ),
    },
    { description: 'From which claims these are read: `email`, `name` and `groups` unless said.' },
  ),
  groupMappings: Type.Array(mapping, {
    maxItems: 100,
    description: 'What people of a group of the provider’s are here, each time they sign in.',
  }),
  emailDomains: Type.Array(domain, {
    maxItems: 50,
    description:
      'Whose addresses it speaks for: only an account with such an address is linked. Where there are any, no others are let in.',
  }),
  createsAccounts: Type.Boolean({ description: 'Makes an account for whoever has none.' }),
  trustsSecondFactor: Type.Boolean({
    description:
      'Its word that one was used (`amr` with `mfa`; an authentication context of SAML) counts as the second factor.',
  }),
  isActive: Type.Boolean(),
};

const { clientSecret: _secret, claims: _claims, ...shown } = fields;
const claimsShown = object({
  email: Type.String(),
  name: Type.String(),
  groups: Type.String(),
  subject: Type.Optional(Type.String()),
  emailVerified: Type.Optional(Type.String()),
});
export const providerSchema = named(
  'SsoProvider',
  object({
    id,
    protocol,
    ...shown,
    scopes: Type.Array(scope, { description: 'None of SAML.' }),
    claims: claimsShown,
    saml: nullable(samlShown),
    hasClientSecret: Type.Boolean(),
    redirectUri: Type.String({ description: 'To be entered at the provider.' }),
    createdAt: time,
    updatedAt: time,
  }),
);
export const providerPage = pageOf('SsoProviderPage', providerSchema);
export const providerQuery = listQuery(['-createdAt', 'createdAt'], {});
export const newProviderBody = named(
  'NewSsoProvider',
  object({
    ...allOptional(fields),
    key: fields.key,
    name: fields.name,
    protocol: Type.Optional(oneOf(protocols, { default: 'oidc', description: 'Cannot be changed.' })),
    saml: Type.Optional(samlInput),
  }),
);
export const providerPatch = named(
  'SsoProviderPatch',
  object({ ...allOptional(fields), saml: Type.Optional(samlInput) }),
);
export type NewProviderInput = Static<typeof newProviderBody>;
export type ProviderPatch = Static<typeof providerPatch>;

export const choicePage = pageOf(
  'SsoChoicePage',
  named(
    'SsoChoice',
    object({
      key: Type.String(),
      name: Type.String(),
      protocol,
      startUrl: Type.String({ description: 'What a button opens, with the query that it takes.' }),
    }),
  ),
);
export const choiceQuery = listQuery(['name', '-name'], {});
export const providerParams = object({ provider: Type.String({ maxLength: 50 }) });
export const startQuery = object({
  codeChallenge: Type.Unsafe<string>({
    type: 'string',
    maxLength: 43,
    pattern: '^[A-Za-z0-9_-]{43}$',
    description:
      'base64url of the SHA-256 of a random verifier (RFC 7636) that the front end keeps until the exchange.',
  }),
  returnTo: Type.Optional(
    Type.String({
      maxLength: 2_000,
      description: 'A path, or an address of the institution or of a front end in CORS_ORIGINS.',
    }),
  ),
});
/** A provider may add to it what it likes. */
export const callbackQuery = Type.Object(
  {
    state: Type.Optional(Type.String({ maxLength: 500 })),
    code: Type.Optional(Type.String({ maxLength: 8_000 })),
    iss: Type.Optional(Type.String({ maxLength: 2_000 })),
    error: Type.Optional(Type.String({ maxLength: 500 })),
  },
  { additionalProperties: Type.String({ maxLength: 8_000 }) },
);
export const logoutTokenBody = named('LogoutToken', object({ logout_token: text(1, 20_000) }));
export const loggedOutThere = named('LoggedOutThere', object({ result: oneOf(['loggedOut']) }));
export const redirected = Type.Unsafe<undefined>({ description: 'Elsewhere, as `Location` says.' });

const identitySchema = named(
  'ExternalIdentity',
  object({
    id,
    provider: object({ key: Type.String(), name: Type.String(), isActive: Type.Boolean() }),
    createdAt: time,
    lastUsedAt: time,
  }),
);
export const identityPage = pageOf('ExternalIdentityPage', identitySchema);
export const identityQuery = listQuery(['createdAt', '-createdAt'], {});
