import { Type } from 'typebox';
import { roles } from '#platform/auth/actor.ts';
import { signInMethods } from '#platform/auth/sign-in-state.ts';
import { id, integer, named, nullable, object, oneOf, time } from '#platform/http/schema.ts';

export const challengeToken = Type.Unsafe<string>({ type: 'string', minLength: 1, maxLength: 100 });
export const expiresIn = integer(0, 3_600, { description: 'Seconds until it is good for nothing.' });
/** A code of six digits, or a recovery code. */
export const code = Type.Unsafe<string>({ type: 'string', minLength: 1, maxLength: 60 });
const factor = oneOf(signInMethods.filter((method) => method !== 'password'));

export const mfaRequiredSchema = named(
  'MfaRequired',
  object({
    result: oneOf(['mfaRequired']),
    challengeToken: Type.String({
      description: 'For `POST /auth/login/challenges`, once, five tries at most.',
    }),
    methods: Type.Array(factor),
    expiresIn,
  }),
);

const totpFields = {
  isActive: Type.Boolean(),
  confirmedAt: nullable(time),
};
export const totpSchema = named('Totp', object(totpFields));
export const newTotpSchema = named(
  'NewTotp',
  object({
    secret: Type.String({ description: 'Base32, to be typed where no picture can be taken.' }),
    otpauthUrl: Type.String(),
    qrCodeSvg: Type.String({ description: 'The same as a picture: an SVG document.' }),
    expiresIn,
  }),
);
export const totpConfirmation = named('TotpConfirmation', object({ code }));

const left = integer(0, 10, { description: 'Not used yet.' });
export const recoveryCodesSchema = named('RecoveryCodes', object({ left, createdAt: nullable(time) }));
export const newRecoveryCodesSchema = named(
  'NewRecoveryCodes',
  object({ codes: Type.Array(Type.String(), { description: 'Shown this once.' }) }),
);

export const factorsSchema = named(
  'Factors',
  object({ totp: Type.Boolean(), passkeys: integer(0, 100), recoveryCodesLeft: left }),
);
export const stepUpSchema = named(
  'StepUp',
  object({
    freshUntil: time,
    methods: Type.Array(oneOf(signInMethods)),
    accessToken: Type.Optional(
      Type.String({
        description: 'In place of the one before, which ends with this; not where cookies hold it.',
      }),
    ),
    expiresIn: integer(0, 86_400, { description: 'Seconds that the access token lasts.' }),
  }),
);
const idsOfCustomRoles = { description: 'Ids of custom roles.' };
export const signInPolicySchema = named(
  'SignInPolicy',
  object({
    mfaRequiredFor: Type.Array(oneOf(roles)),
    mfaRequiredForCustomRoles: Type.Array(id, idsOfCustomRoles),
  }),
);
export const signInPolicyBody = named(
  'SignInPolicyInput',
  object({
    mfaRequiredFor: Type.Optional(Type.Array(oneOf(roles), { maxItems: 10, uniqueItems: true })),
    mfaRequiredForCustomRoles: Type.Optional(
      Type.Array(id, { ...idsOfCustomRoles, maxItems: 100, uniqueItems: true }),
    ),
  }),
);
