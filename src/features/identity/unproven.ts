/**
 * Whether this is of somebody who registered themselves with an address that nobody has confirmed: whoever that was, the
 * owner of the address decides.
 */
export function isUnproven(person: { email_verified_at: Date | null; own_since: Date | null }): boolean {
  return person.email_verified_at === null && person.own_since !== null;
}
