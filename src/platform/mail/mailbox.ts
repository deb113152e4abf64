/** Somebody's address with the name that is shown for it, which may be empty. */
export type Mailbox = { name: string; address: string };

const addressPattern = /^[^\s@"<>(),:;\\[\]]+@[^\s@"<>(),:;\\[\]]+$/;

/** `Name <address>` or a bare address, as in EMAIL_FROM. Throws for anything else. */
export function parseMailbox(text: string): Mailbox {
  const mailbox = readMailbox(text);
  if (!mailbox) throw new Error('This is no mailbox such as "Name <address@example.edu>".');
  return mailbox;
}

/** As `parseMailbox`; undefined for what is none. */
export function readMailbox(text: string): Mailbox | undefined {
  const [, quoted, address = text] = /^\s*(.*?)\s*<([^<>]*)>\s*$/.exec(text) ?? [];
  const name = (quoted ?? '').replace(/^"(.*)"$/, '$1');
  return addressPattern.test(address.trim()) ? { name, address: address.trim() } : undefined;
}
