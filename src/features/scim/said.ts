import type { Provisioned } from '#features/identity/commands/provisioned-accounts.ts';
import { isOfDomains } from '#platform/auth/email-key.ts';
import type { Provisioner } from '#platform/auth/provisioner.ts';
import { readPerson, refusalOfAddress, type Said } from './person.ts';
import { userNameKeyOf, type UserFields, type UserRow } from './queries/users.ts';
import type { UserResource } from './user-shape.ts';

/** What of it is the account's. An address that was not said stays. */
export function accountOf(
  { name, email, locale, isActive }: Said,
  { emailDomains }: Provisioner,
): Provisioned & { name: string } {
  return {
    name,
    isVouchedFor: email !== null && isOfDomains(email, emailDomains),
    isActive,
    ...(email !== null && { email }),
    ...(locale !== null && { locale }),
  };
}

/** What of it the connection's own row keeps. */
export function fieldsOf(said: Said, { isActive }: { isActive: boolean }): UserFields {
  return {
    user_name: said.userName,
    user_name_key: userNameKeyOf(said.userName),
    external_id: said.externalId,
    display_name: said.displayName,
    given_name: said.givenName,
    family_name: said.familyName,
    email_type: said.emailType,
    is_active: isActive,
  };
}

/** What a PATCH says of somebody: an address that it leaves as it was is not said, for its owner may have another by now. */
export function saidBy(before: UserResource, after: UserResource): Said {
  const was = readPerson(before);
  const said = readPerson(after);
  const isAddressSaid = said.email !== was.email || said.emailType !== was.emailType;
  return isAddressSaid ? said : { ...said, email: null };
}

/**
 * What is said, where it may be given. 400 `invalidValue` for another address that the connection does not speak for; who is
 * let go keeps theirs instead.
 */
export function permitted(
  said: Said,
  { emailDomains }: Provisioner,
  { email, isActive }: { email: string | null; isActive: boolean },
): Said {
  if (said.email === null || said.email === email) return said;
  const refusal = refusalOfAddress(said.email, emailDomains);
  if (!refusal) return said;
  if (isActive) throw refusal;
  return { ...said, email: null };
}

/** The same without what can be somebody else's: that stays as it was. */
export function withoutNames(said: Said, before: UserRow): Said {
  const externalId = said.externalId && before.external_id;
  return { ...said, userName: before.user_name, externalId, email: null };
}

/** What the connection said by now: what a PATCH begins with. */
export function resourceOf(row: UserRow): UserResource {
  const { given_name: givenName, family_name: familyName } = row;
  const hasEmail = row.email !== null && row.email_type !== null;
  return {
    userName: row.user_name,
    active: row.is_active,
    ...(row.external_id !== null && { externalId: row.external_id }),
    ...(row.display_name !== null && { displayName: row.display_name }),
    ...((givenName !== null || familyName !== null) && {
      name: { ...(givenName !== null && { givenName }), ...(familyName !== null && { familyName }) },
    }),
    ...(hasEmail && { emails: [{ value: row.email, type: row.email_type, primary: true }] }),
  } as UserResource;
}
