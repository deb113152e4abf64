import type { ClaimNames } from './claims.ts';
import { SignOnRefused } from './outcome.ts';

type Claims = Readonly<Record<string, unknown>>;

/** Claims that people write themselves, or that are given to somebody else in time: nobody is known by them. */
export const unsoundSubjects: ReadonlySet<string> = new Set([
  'email',
  'preferred_username',
  'upn',
  'unique_name',
  'name',
  'nickname',
  'given_name',
  'family_name',
  'phone_number',
]);

/** Who it is to us, of what was signed alone. Throws `SignOnRefused` where it does not say it. */
export function subjectIn(signed: Claims, { subject = 'sub' }: ClaimNames): string {
  const said = signed[subject];
  if (typeof said === 'string' && said !== '' && said.length <= 300) return said;
  throw new SignOnRefused('answer_invalid', 'no_subject');
}

/**
 * Whether an address is verified, by one that says this very address: what userinfo says of another one than the ID token
 * does not count for it.
 */
export function isVerifiedIn(
  said: readonly Claims[],
  email: unknown,
  { email: name, emailVerified = 'email_verified' }: ClaimNames,
): boolean {
  return said.some((each) => each[name] === email && isYes(each[emailVerified], emailVerified));
}

/** As OpenID Connect has it; of a provider's own claim as Entra writes `xms_edov`, which is now the one and now the other. */
function isYes(value: unknown, name: string): boolean {
  if (value === true) return true;
  return name !== 'email_verified' && (value === 'true' || value === '1' || value === 1);
}
