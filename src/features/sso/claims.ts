import { emailPattern, oneLinePattern } from '#platform/http/schema.ts';

/**
 * From which claims what we want to know is read. Of OpenID Connect also who it is, and whether the address is verified,
 * where that is not `sub` and `email_verified`.
 */
export type ClaimNames = {
  email: string;
  name: string;
  groups: string;
  subject?: string;
  emailVerified?: string;
};
export const defaultClaims: ClaimNames = { email: 'email', name: 'name', groups: 'groups' };

/** What a provider says of somebody, as far as it is used. `email` only where the provider has verified it. */
export type Told = {
  subject: string;
  email: string | null;
  name: string;
  locale: string | null;
  groups: string[];
  usedSecondFactor: boolean;
};

/** What a provider said, verified. `sid` is its own session's, `idToken` what it wants back to end that. */
export type Answer = { person: Told; sid: string | null; idToken: string | null };

/** `sub` and `email_verified` are those that count, by whatever name the provider has them. */
type Claims = Record<string, unknown> & { sub: string; email_verified: boolean };

const maxGroups = 500;
const address = new RegExp(emailPattern, 'u');
const line = new RegExp(oneLinePattern, 'u');

/** Reads claims that were verified. Whatever is not of its shape counts as not said. */
export function readClaims(claims: Claims, names: ClaimNames): Told {
  const email = textOf(claims[names.email], 254);
  const isVerified = claims.email_verified && email !== null && address.test(email);
  const locale = textOf(claims['locale'], 35);
  return {
    subject: claims.sub,
    email: isVerified ? email : null,
    name: nameOf(claims, names) ?? 'New person',
    locale: locale !== null && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(locale) ? locale : null,
    groups: groupsOf(claims[names.groups]),
    usedSecondFactor: Array.isArray(claims['amr']) && claims['amr'].includes('mfa'),
  };
}

function nameOf(claims: Claims, names: ClaimNames): string | null {
  const parts = [claims['given_name'], claims['family_name']].map((part) => textOf(part, 150));
  const joined = parts.filter((part) => part !== null).join(' ');
  return textOf(claims[names.name], 300) ?? textOf(joined, 300) ?? textOf(claims['preferred_username'], 300);
}

/** A list of texts, or one text. */
function groupsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value.slice(0, maxGroups) : [value];
  return list.filter((each): each is string => typeof each === 'string' && each.length <= 300);
}

function textOf(value: unknown, maxLength: number): string | null {
  if (typeof value !== 'string') return null;
  const text = value.normalize('NFKC').trim();
  return text !== '' && text.length <= maxLength && line.test(text) ? text : null;
}
