import { emailKeyOf } from '#platform/auth/email-key.ts';
import { invalid } from '#platform/errors.ts';

// What stands in no address that mail programs take without quotes, and what cannot be seen in one.
const unfit = String.raw`\s@"<>(),:;\\\[\]\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff`;
/** One @, and a domain of labels between single dots; the mailbox's owner proves the rest. Takes linear time. */
export const emailPattern = `^[^${unfit}]+@([^.${unfit}]+[.])+[^.${unfit}]+$`;
export const maxEmailLength = 254;

const pattern = new RegExp(emailPattern, 'u');

/** An address as it is stored, with the key that makes it unique. Throws 400 for what is none once normalised. */
export function storedEmail(given: string): { email: string; email_key: string } {
  // Typed on an Asian keyboard it may come in full-width letters, to which no mail can be sent.
  const email = given.normalize('NFKC');
  if (email.length > maxEmailLength || !pattern.test(email)) {
    throw invalid('The body is not valid.', [
      { path: '/email', code: 'pattern', message: 'It must be an e-mail address.' },
    ]);
  }
  return { email, email_key: emailKeyOf(email) };
}
