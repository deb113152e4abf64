import { Type, type Static } from 'typebox';
import { named, object, oneOf } from '#platform/http/schema.ts';
import { challengeToken, code } from './factors.ts';
import { assertionAnswer } from './passkeys.ts';
import { sessionKind } from './sessions.ts';

const given = {
  code: Type.Optional(code),
  credential: Type.Optional(assertionAnswer),
};

/** A second factor after the password; or a passkey alone, without a token. */
export const loginAnswerBody = named(
  'LoginAnswer',
  object({
    challengeToken: Type.Optional(challengeToken),
    method: oneOf(['totp', 'recoveryCode', 'passkey']),
    ...given,
    session: sessionKind,
  }),
);
export const stepUpBody = named(
  'StepUpAnswer',
  object({
    method: oneOf(['password', 'totp', 'recoveryCode', 'passkey']),
    password: Type.Optional(Type.String({ maxLength: 1_000 })),
    ...given,
  }),
);
export type LoginAnswer = Static<typeof loginAnswerBody>;
export type StepUpAnswer = Static<typeof stepUpBody>;
