import { Type } from 'typebox';
import { id, object, oneOf } from '#platform/http/schema.ts';
import { defineJob } from '#platform/jobs/definition.ts';
import { userRegistered, verificationReasons } from './events.ts';

/** Follows a registration. Does nothing for an address that is vouched for. */
export const welcomeJob = defineJob({
  name: 'identity.welcome',
  queue: 'emails',
  payload: userRegistered.data,
});

/** Makes the token of this id, once. The person may be nobody. */
export const beginVerificationJob = defineJob({
  name: 'identity.begin-verification',
  queue: 'emails',
  payload: object({ userId: id, tokenId: id, reason: oneOf(verificationReasons) }),
});
export const beginPasswordResetJob = defineJob({
  name: 'identity.begin-password-reset',
  queue: 'emails',
  payload: object({ userId: id, tokenId: id }),
});
/** Each minute: lets those in again whose suspension is over. */
export const endSuspensionsJob = defineJob({
  name: 'identity.end-suspensions',
  queue: 'maintenance',
  payload: object({}),
});
/** Tells every process of sessions that were ended by the way. The database knows already. */
export const tellEndedJob = defineJob({
  name: 'identity.tell-ended',
  queue: 'maintenance',
  payload: object({ sessionIds: Type.Array(id, { maxItems: 1_000 }) }),
});
export const beginInvitationJob = defineJob({
  name: 'identity.begin-invitation',
  queue: 'emails',
  payload: object({ userId: id, tokenId: id }),
});
