import { Type, type Static } from 'typebox';
import { roles } from '#platform/auth/actor.ts';
import {
  cappedTotal,
  commaList,
  emailPattern,
  id,
  languageTag,
  listQuery,
  named,
  nullable,
  object,
  oneLine,
  oneOf,
  pageOf,
  time,
} from '#platform/http/schema.ts';
import { maxEmailLength } from './email.ts';
import { maxPasswordLength, minPasswordLength } from './password-rules.ts';
import { mfaRequiredSchema } from './schemas/factors.ts';
import { expiresIn, renewedSchema, sessionKind } from './schemas/sessions.ts';
import { standings } from './standing.ts';

export const email = Type.Unsafe<string>({
  type: 'string',
  maxLength: maxEmailLength,
  pattern: emailPattern,
  description: 'Unique without regard to case.',
});
const password = Type.Unsafe<string>({
  type: 'string',
  minLength: minPasswordLength,
  maxLength: maxPasswordLength,
});
// Longer than any that is sent, so that a mangled one gets the same answer as another bad one.
const maxTokenLength = 300;
export const personName = oneLine(1, 300);
export const timeZone = Type.Unsafe<string>({
  type: 'string',
  maxLength: 60,
  description: 'IANA time zone, such as Europe/Berlin.',
});
export const role = oneOf(roles);
const status = oneOf(['active', 'deactivated']);
const standing = oneOf(standings);

const userFields = {
  id,
  email: nullable(Type.String()),
  emailVerified: Type.Boolean(),
  name: Type.String(),
  role,
  status: standing,
  locale: Type.String(),
  timeZone: Type.String(),
  invitedAt: nullable(
    Type.Unsafe<string>({
      ...time,
      description: 'When they were last asked to choose a first password; null once they have one.',
    }),
  ),
  avatarUrl: nullable(Type.String({ description: 'A square picture; see `PUT /me/avatar`.' })),
  createdAt: time,
  updatedAt: time,
};
export const userSchema = named('User', object(userFields));
export const meSchema = named(
  'Me',
  object({
    ...userFields,
    permissions: Type.Array(Type.String()),
    impersonator: nullable(object({ id }, { description: 'The admin who acts as this person: say so.' })),
  }),
);

export const registerBody = named(
  'Registration',
  object({
    email,
    password,
    name: personName,
    locale: Type.Optional(languageTag),
    timeZone: Type.Optional(timeZone),
    session: sessionKind,
  }),
);
/** A token that was mailed, with the password that counts from now on or without; or the address to mail one to. */
export const emailVerificationBody = named(
  'EmailVerification',
  object(
    {
      token: Type.Optional(Type.String({ maxLength: maxTokenLength })),
      password: Type.Optional(
        Type.Unsafe<string>({
          ...password,
          description:
            'With `token`: that with which they sign in from now on. What anybody else chose counts no more.',
        }),
      ),
      email: Type.Optional(email),
    },
    { minProperties: 1, maxProperties: 2 },
  ),
);
export const passwordResetRequest = named('PasswordResetRequest', object({ email }));
export const emailChangeRequest = named('EmailChangeRequest', object({ email }));
export const passwordChangeBody = named(
  'PasswordChange',
  object({
    currentPassword: Type.Optional(
      Type.String({ maxLength: 1_000, description: 'Of who has one; it is the first otherwise.' }),
    ),
    password,
  }),
);
export const passwordResetBody = named('PasswordReset', object({ password }));
export const emailTokenParams = object({ token: Type.String({ maxLength: maxTokenLength }) });
/** The same whether the address belongs to anybody or not. */
export const acceptedSchema = named('Accepted', object({ result: oneOf(['accepted']) }));
export const verificationRequiredSchema = named(
  'VerificationRequired',
  object({ result: oneOf(['verificationRequired']) }),
);
export const loginBody = named(
  'Login',
  object({
    email: Type.String({ maxLength: maxEmailLength }),
    password: Type.String({ maxLength: 1_000 }),
    session: sessionKind,
  }),
);
export const refreshBody = named(
  'Refresh',
  object({ refreshToken: Type.Optional(Type.String({ maxLength: 200 })) }),
);
export const logoutBody = named(
  'Logout',
  object({ refreshToken: Type.Optional(Type.String({ maxLength: 200 })) }),
);

export const loggedOutSchema = named(
  'LoggedOut',
  object({ endSessionUrl: Type.String({ description: 'Where the provider ends its own session.' }) }),
);

const tokenFields = {
  accessToken: Type.String(),
  refreshToken: Type.String(),
  tokenType: oneOf(['Bearer']),
  expiresIn,
};
const signedInSchema = named(
  'SignedIn',
  object({ result: oneOf(['signedIn']), user: meSchema, ...tokenFields }),
);
const signedInByCookieSchema = named(
  'SignedInByCookie',
  object({ result: oneOf(['signedIn']), user: meSchema, expiresIn }),
);
/** What a sign-in answers that is complete: with tokens, or with cookies beside it. */
export const signInSchema = Type.Unsafe<
  Static<typeof signedInSchema> | Static<typeof signedInByCookieSchema>
>({ anyOf: [signedInSchema, signedInByCookieSchema] });
export const loginResultSchema = Type.Unsafe<Static<typeof signInSchema> | Static<typeof mfaRequiredSchema>>({
  anyOf: [signedInSchema, signedInByCookieSchema, mfaRequiredSchema],
});
const tokensSchema = named('Tokens', object(tokenFields));
export const refreshedSchema = Type.Unsafe<Static<typeof tokensSchema> | Static<typeof renewedSchema>>({
  anyOf: [tokensSchema, renewedSchema],
});

export const mePatch = named(
  'MePatch',
  object({
    name: Type.Optional(personName),
    locale: Type.Optional(languageTag),
    timeZone: Type.Optional(timeZone),
  }),
);
export const newUserBody = named(
  'NewUser',
  object({
    email: Type.Optional(nullable(email)),
    name: personName,
    role,
    password: Type.Optional(password),
    invite: Type.Optional(
      Type.Boolean({
        description: 'Ask them by mail to choose a password. Needs an address, and no `password`.',
      }),
    ),
    locale: Type.Optional(languageTag),
    timeZone: Type.Optional(timeZone),
  }),
);
export const userPatch = named(
  'UserPatch',
  object({
    email: Type.Optional(nullable(email)),
    name: Type.Optional(personName),
    role: Type.Optional(role),
    status: Type.Optional(status),
    password: Type.Optional(password),
    locale: Type.Optional(languageTag),
    timeZone: Type.Optional(timeZone),
  }),
);
export const userListQuery = listQuery(['-createdAt', 'createdAt', 'name', '-name'], {
  q: Type.Optional(Type.String({ maxLength: 200 })),
  role: Type.Optional(commaList(role)),
  status: Type.Optional(standing),
  include: Type.Optional(commaList(oneOf(['total']))),
});
export const userPage = pageOf('UserPage', userSchema, { total: Type.Optional(cappedTotal) });

export type RegisterInput = Static<typeof registerBody>;
export type NewUserInput = Static<typeof newUserBody>;
export type UserPatch = Static<typeof userPatch>;
export type MePatch = Static<typeof mePatch>;
