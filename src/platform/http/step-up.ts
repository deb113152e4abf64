import type { Actor } from '#platform/auth/actor.ts';
import type { SignInState } from '#platform/auth/sign-in-state.ts';
import { forbidden, type AppError } from '#platform/errors.ts';

/** 403 `step_up_required`: they must show again that it is they. The reason names the methods by which they can. */
export function stepUpRequired(methods: SignInState['stepUpMethods']): AppError {
  return forbidden('Show again that it is you: POST /auth/step-up.', 'step_up_required', [
    {
      code: 'step_up_required',
      params: { methods: [...methods] },
      message: 'It is too long ago that you signed in, or it was without your second factor.',
    },
  ]);
}

/** 403 `mfa_enrollment_required`. */
export function enrollmentRequired(): AppError {
  return forbidden(
    'Your institution asks for a second factor. Set one up first: POST /me/totp, or POST /me/passkeys.',
    'mfa_enrollment_required',
  );
}

/** For `needsStepUp`: bodies with any of these fields. */
export function hasAny(...fields: readonly string[]): (body: unknown) => boolean {
  return (body) => fields.some((field) => Object.hasOwn(body as object, field));
}

export function isFresh(actor: Actor | null): boolean {
  return actor?.signIn?.isFresh === true;
}
