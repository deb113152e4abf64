/**
 * The key by which addresses are unique and attempts at them are counted: without regard to case, or to how the
 * letters were composed or how wide they were typed. Mail goes to the stored address, never to one that was typed,
 * since another spelling with the same key may be another mailbox.
 */
export function emailKeyOf(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase().normalize('NFKC');
}

/** Whether an address is of one of these domains, which are in lower case. */
export function isOfDomains(email: string, domains: readonly string[]): boolean {
  const domain = emailKeyOf(email).split('@').at(-1);
  return domains.some((each) => each === domain);
}
