import { Type } from 'typebox';
import { defineEvent, definePublicEvent } from '#platform/events.ts';
import { exampleIds } from '#platform/example-ids.ts';
import { id, object, oneOf } from '#platform/http/schema.ts';

export const userRegistered = definePublicEvent(
  'user.registered',
  object({ userId: id, origin: Type.Optional(oneOf(['import', 'invitation'])) }),
  {
    description:
      'An account was made, by the person or by an admin: `actorId` tells. `origin`: by an import, or to be invited.',
    example: { userId: exampleIds.userId },
  },
);

/** Why an address is to be confirmed: `registered` is where a welcome is due. */
export const verificationReasons = ['registered', 'requested', 'addressChanged'] as const;
export type VerificationReason = (typeof verificationReasons)[number];
/** A token was made for the person's address. The token itself is got by `findEmailToken`. */
export const verificationRequested = defineEvent(
  'user.verification_requested',
  object({ userId: id, tokenId: id, reason: oneOf(verificationReasons) }),
);
export const passwordResetRequested = defineEvent(
  'user.password_reset_requested',
  object({ userId: id, tokenId: id }),
);
/** Somebody is asked to choose the first password of an account that was made for them. */
export const invitationIssued = defineEvent('user.invitation_issued', object({ userId: id, tokenId: id }));
export const invitationAccepted = defineEvent('user.invitation_accepted', object({ userId: id }));
/** Somebody registered with the address of this account, and was not told that it has one. */
export const registerRepeated = defineEvent('user.register_repeated', object({ userId: id }));
/** By the person, by a token sent to them, or by an admin. Their sessions have ended. */
export const passwordChanged = defineEvent('user.password_changed', object({ userId: id }));
