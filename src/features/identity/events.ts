import { Type } from 'typebox';
import { defineEvent, definePublicEvent } from '#platform/events.ts';
import { exampleIds } from '#platform/example-ids.ts';
import { id, integer, object, oneOf } from '#platform/http/schema.ts';

export const userRegistered = definePublicEvent(
  'user.registered',
  object({ userId: id, origin: Type.Optional(oneOf(['import', 'invitation', 'provisioning'])) }),
  {
    description:
      'An account was made, by the person or by an admin: `actorId` tells. `origin`: by an import, to be invited, or by a directory (SCIM).',
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
/** Somebody was shut out for a while, or what is said of that has changed. Their sessions have ended. */
export const userSuspended = defineEvent('user.suspended', object({ userId: id }));
/** By an admin, or by its time. */
export const suspensionEnded = defineEvent('user.suspension_ended', object({ userId: id }));
/** An admin, the event's actor, acts as the person in this session. */
export const userImpersonated = defineEvent('user.impersonated', object({ userId: id, sessionId: id }));
/**
 * What was done to somebody's second factors: `removedByAdmin` is all of them; `waysRemoved` those that may have been
 * another's, with the password, keys and sessions that may, as they came by an institution; `waysRemovedForRights` the
 * same, as they may do more from now on.
 */
export const factorsChanges = [
  'totpAdded',
  'totpRemoved',
  'passkeyAdded',
  'passkeyRemoved',
  'recoveryCodesMade',
  'recoveryCodeUsed',
  'removedByAdmin',
  'waysRemoved',
  'waysRemovedForRights',
] as const;
export type FactorsChange = (typeof factorsChanges)[number];
export const factorsChanged = defineEvent(
  'user.factors_changed',
  object({ userId: id, change: oneOf(factorsChanges), codesLeft: Type.Optional(integer(0, 10)) }),
);
/** Somebody who knows the password has sent several wrong codes in a row. */
export const factorRefused = defineEvent('user.factor_refused', object({ userId: id }));
/** By the person, by a token sent to them, or by an admin. Their sessions have ended, but `sessionId`, by which it was done. */
export const passwordChanged = defineEvent(
  'user.password_changed',
  object({ userId: id, sessionId: Type.Optional(id) }),
);
const emailChange = object({ userId: id, changeId: id });
/** Somebody wants another address, which is to be confirmed there. What is mailed is got by `findEmailChangeLinks`. */
export const emailChangeRequested = defineEvent('user.email_change_requested', emailChange);
/** A person has another address: they confirmed it, or somebody who manages people gave it to them. */
export const emailChanged = defineEvent('user.email_changed', emailChange);
/** A program can act for the person from now on. */
export const apiKeyCreated = defineEvent('user.api_key_created', object({ userId: id, keyId: id }));
/** A key has a new secret: whoever asked for it can act for the person. */
export const apiKeyRotated = defineEvent('user.api_key_rotated', object({ userId: id, keyId: id }));
