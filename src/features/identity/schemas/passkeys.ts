import { Type, type Static } from 'typebox';
import { id, integer, named, nullable, object, oneLine, oneOf, pageOf, time } from '#platform/http/schema.ts';
import { challengeToken, expiresIn } from './factors.ts';

/** As many as a person may have. */
export const maxPasskeys = 20;

// Base64url of what a browser gives. The longest is an attestation with its certificates, which we do not ask for.
const base64url = (maxLength: number) =>
  Type.Unsafe<string>({ type: 'string', minLength: 1, maxLength, pattern: '^[\\w-]+$' });
const credentialId = base64url(1_400);
const transport = Type.Unsafe<string>({ type: 'string', maxLength: 40 });
const shared = {
  id: credentialId,
  rawId: credentialId,
  type: oneOf(['public-key']),
  authenticatorAttachment: Type.Optional(nullable(Type.Unsafe<string>({ type: 'string', maxLength: 40 }))),
  clientExtensionResults: Type.Optional(
    Type.Unsafe<object>({ type: 'object', additionalProperties: true, maxProperties: 20 }),
  ),
};

export const registrationAnswer = named(
  'PasskeyRegistrationAnswer',
  object(
    {
      ...shared,
      response: object({
        clientDataJSON: base64url(4_000),
        attestationObject: base64url(10_000),
        authenticatorData: Type.Optional(base64url(4_000)),
        publicKey: Type.Optional(nullable(base64url(4_000))),
        publicKeyAlgorithm: Type.Optional(integer(-65_536, 65_536)),
        transports: Type.Optional(Type.Array(transport, { maxItems: 10 })),
      }),
    },
    { description: 'What `navigator.credentials.create` gave, by its `toJSON()`.' },
  ),
);
export const assertionAnswer = named(
  'PasskeyAnswer',
  object(
    {
      ...shared,
      response: object({
        clientDataJSON: base64url(4_000),
        authenticatorData: base64url(4_000),
        signature: base64url(2_000),
        userHandle: Type.Optional(nullable(base64url(100))),
        attestationObject: Type.Optional(nullable(base64url(10_000))),
      }),
    },
    { description: 'What `navigator.credentials.get` gave, by its `toJSON()`.' },
  ),
);
export type RegistrationInput = Static<typeof registrationAnswer>;
export type AssertionInput = Static<typeof assertionAnswer>;

const descriptor = object({
  id: Type.String(),
  type: oneOf(['public-key']),
  transports: Type.Array(Type.String()),
});
const timeout = integer(0, 600_000, { description: 'Milliseconds.' });
const userVerification = oneOf(['required', 'preferred']);

/** For `PublicKeyCredential.parseCreationOptionsFromJSON`. */
const creationOptions = named(
  'PasskeyCreationOptions',
  object({
    rp: object({ id: Type.String(), name: Type.String() }),
    user: object({ id: Type.String(), name: Type.String(), displayName: Type.String() }),
    challenge: Type.String(),
    pubKeyCredParams: Type.Array(object({ type: oneOf(['public-key']), alg: integer(-65_536, 65_536) })),
    timeout,
    excludeCredentials: Type.Array(descriptor),
    authenticatorSelection: object({ residentKey: oneOf(['preferred']), userVerification }),
    attestation: oneOf(['none']),
  }),
);
/** For `PublicKeyCredential.parseRequestOptionsFromJSON`. */
const requestOptions = named(
  'PasskeyRequestOptions',
  object({
    challenge: Type.String(),
    rpId: Type.String(),
    timeout,
    userVerification,
    allowCredentials: Type.Array(descriptor),
  }),
);
export const creationOptionsSchema = named(
  'PasskeyCreation',
  object({ options: creationOptions, expiresIn }),
);
export const requestOptionsSchema = named('PasskeyRequest', object({ options: requestOptions, expiresIn }));
export const signInOptionsBody = named(
  'PasskeyOptionsRequest',
  object({ challengeToken: Type.Optional(challengeToken) }),
);

const passkeyName = oneLine(1, 100, { description: 'Which of them it is, for the person.' });
export const passkeySchema = named(
  'Passkey',
  object({
    id,
    name: Type.String(),
    isBackedUp: Type.Boolean({ description: 'It is on more devices than one, by its provider.' }),
    createdAt: time,
    lastUsedAt: nullable(time),
  }),
);
export const passkeyPage = pageOf('PasskeyPage', passkeySchema);
export const newPasskeyBody = named(
  'NewPasskey',
  object({ name: Type.Optional(passkeyName), credential: registrationAnswer }),
);
export const passkeyPatch = named('PasskeyPatch', object({ name: passkeyName }));
export type NewPasskeyInput = Static<typeof newPasskeyBody>;
