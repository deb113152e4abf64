/** By what somebody shows that it is they. */
export const signInMethods = ['password', 'totp', 'passkey', 'recoveryCode'] as const;
export type SignInMethod = (typeof signInMethods)[number];

/** What the session of a request says of how its person signed in. Without one, nothing is known: it counts as long ago. */
export type SignInState = {
  /** They have shown it of late, by a second factor where they have one: enough for what declares `needsStepUp`. */
  isFresh: boolean;
  /** By which of these they can show it again. */
  stepUpMethods: readonly SignInMethod[];
  /** The institution wants a second factor of their role, and they have none: only what declares `isForEnrollment` is open. */
  mustEnroll: boolean;
};
