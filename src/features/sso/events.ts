import { defineEvent } from '#platform/events.ts';
import { id, object } from '#platform/http/schema.ts';
import { Type } from 'typebox';

const identity = { userId: id, identityId: id, providerId: id };

/** From now on the person can sign in by a provider. `isNewAccount`: their account was made for it. */
export const identityLinked = defineEvent(
  'identity.linked',
  object({ ...identity, isNewAccount: Type.Boolean() }),
);
export const identityUnlinked = defineEvent('identity.unlinked', object(identity));
