import { PatchOp } from 'scimmy/messages';
import { Attribute, SCIMError, Schema, SchemaDefinition } from 'scimmy/types';
import { AppError } from '#platform/errors.ts';
import { refusedAs, type ScimType } from './scim-error.ts';

export const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const patchUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** What is kept of a user, in the words of RFC 7643. Made anew each time, since scimmy lets any holder change it. */
export function userDefinition(): SchemaDefinition {
  return new SchemaDefinition('User', userUrn, 'A person of the directory.', [
    new Attribute('string', 'userName', { required: true, uniqueness: 'server' }),
    new Attribute('complex', 'name', {}, [
      new Attribute('string', 'formatted'),
      new Attribute('string', 'familyName'),
      new Attribute('string', 'givenName'),
    ]),
    new Attribute('string', 'displayName'),
    new Attribute('string', 'preferredLanguage'),
    new Attribute('boolean', 'active'),
    new Attribute('complex', 'emails', { multiValued: true }, [
      new Attribute('string', 'value'),
      new Attribute('string', 'display'),
      new Attribute('string', 'type', { canonicalValues: ['work', 'home', 'other'] }),
      new Attribute('boolean', 'primary'),
    ]),
  ]);
}

/** The same of a group. */
export function groupDefinition(): SchemaDefinition {
  return new SchemaDefinition('Group', groupUrn, 'A group of the directory.', [
    new Attribute('string', 'displayName', { required: true, uniqueness: 'server' }),
    new Attribute('complex', 'members', { multiValued: true }, [
      new Attribute('string', 'value', { mutable: 'immutable' }),
      new Attribute('reference', '$ref', { mutable: 'readOnly', referenceTypes: ['User'] }),
      new Attribute('string', 'display', { mutable: 'readOnly' }),
    ]),
  ]);
}

type Email = { value?: string; type?: string; primary?: boolean };
/** A user as a client says them; whatever is not of the definition is not there. */
export type UserResource = {
  userName: string;
  externalId?: string;
  name?: { formatted?: string; familyName?: string; givenName?: string };
  displayName?: string;
  preferredLanguage?: string;
  active?: boolean;
  emails?: Email[];
};
/** One change of a PATCH, its path being of the grammar in `patch.ts`. */
export type Operation = { op: 'add' | 'remove' | 'replace'; path?: string; value?: unknown };

/** Reads a user; 400 for values of other types. */
export function readUser(input: object): UserResource {
  return guarded(() => plain(new (userClass())(input, 'in')));
}

/** The user after a change; 400 as RFC 7644, section 3.5.2, says. */
export async function patchUser(user: UserResource, change: Operation): Promise<UserResource> {
  const User = userClass();
  const message = new PatchOp({ schemas: [patchUrn], Operations: [change] });
  return guardedAsync(async () => {
    // It answers undefined where nothing changed.
    const after: unknown = await message.apply(new User(user, 'in'));
    return after === undefined ? user : plain(after);
  });
}

function userClass() {
  const definition = userDefinition();
  return class User extends Schema {
    static override get id(): string {
      return userUrn;
    }
    static override get definition(): SchemaDefinition {
      return definition;
    }
    constructor(input: object, direction?: string) {
      super(input, direction);
      Object.assign(this, definition.coerce(input, direction));
    }
  };
}

// Its values are proxies and accessors.
function plain(user: unknown): UserResource {
  return JSON.parse(JSON.stringify(user)) as UserResource;
}

function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw refusalOf(error);
  }
}

async function guardedAsync<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw refusalOf(error);
  }
}

// All that is looked at here is the client's: what scimmy cannot read is no fault of ours.
function refusalOf(error: unknown): AppError {
  if (error instanceof SCIMError) return refusedAs(error.scimType as ScimType, error.message);
  return refusedAs('invalidValue', error instanceof Error ? error.message : 'It cannot be read.');
}
