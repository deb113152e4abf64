import { emailKeyOf } from '#platform/auth/email-key.ts';
import { invalid } from '#platform/errors.ts';
import { invalidEmail } from '#platform/http/reasons.ts';
import { emailPattern } from '#platform/http/schema.ts';

export const maxEmailLength = 254;

const pattern = new RegExp(emailPattern, 'u');

/** An address as it is stored, with the key that makes it unique. Throws 400 for what is none once normalised. */
export function storedEmail(given: string): { email: string; email_key: string } {
  // Typed on an Asian keyboard it may come in full-width letters, to which no mail can be sent.
  const email = given.normalize('NFKC');
  if (email.length > maxEmailLength || !pattern.test(email)) {
    throw invalid('The body is not valid.', [invalidEmail('/email')]);
  }
  return { email, email_key: emailKeyOf(email) };
}
