import { isOfDomains } from '#platform/auth/email-key.ts';
import type { AppError } from '#platform/errors.ts';
import { emailPattern, oneLinePattern } from '#platform/http/schema.ts';
import { refusedAs } from './scim-error.ts';
import type { UserResource } from './user-shape.ts';

/** What a directory says of a person, checked. */
export type Said = {
  userName: string;
  externalId: string | null;
  displayName: string | null;
  givenName: string | null;
  familyName: string | null;
  /** What they are called here. */
  name: string;
  /** Null where none was said: an address that is there stays. */
  email: string | null;
  emailType: string | null;
  locale: string | null;
  /** Undefined where it was not said. */
  isActive: boolean | undefined;
};

const address = new RegExp(emailPattern, 'u');
const line = new RegExp(oneLinePattern, 'u');
const language = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const maxLengths = { userName: 254, externalId: 300, name: 200 };

/** 400 `invalidValue` for what cannot be kept. */
export function readPerson(user: UserResource): Said {
  const userName = textOf('userName', user.userName, maxLengths.userName);
  if (userName === null) throw refusedAs('invalidValue', 'A user has a userName.');
  const displayName = textOf('displayName', user.displayName, maxLengths.name);
  const givenName = textOf('name.givenName', user.name?.givenName, maxLengths.name);
  const familyName = textOf('name.familyName', user.name?.familyName, maxLengths.name);
  const formatted = textOf('name.formatted', user.name?.formatted, maxLengths.name);
  const joined = [givenName, familyName]
    .filter((part) => part !== null)
    .join(' ')
    .slice(0, maxLengths.name);
  const said = emailOf(user);
  const email = said?.email ?? (address.test(userName) ? userName : null);
  return {
    userName,
    externalId: textOf('externalId', user.externalId, maxLengths.externalId),
    displayName,
    givenName,
    familyName,
    name: displayName ?? formatted ?? (joined === '' ? userName.slice(0, maxLengths.name) : joined),
    email,
    emailType: said?.type ?? null,
    locale: localeOf(user.preferredLanguage),
    isActive: user.active ?? undefined,
  };
}

/** The one that is kept: the primary one, else that of work, else the first. */
function emailOf({ emails = [] }: UserResource): { email: string; type: string } | undefined {
  const given = emails.filter(({ value }) => value !== undefined && value !== '');
  const chosen =
    given.find(({ primary }) => primary === true) ?? given.find(({ type }) => type === 'work') ?? given[0];
  const email = textOf('emails', chosen?.value, 254);
  if (email === null) return undefined;
  if (!address.test(email)) throw refusedAs('invalidValue', 'emails has what is no address.');
  return { email, type: chosen?.type ?? 'work' };
}

/** Why a connection with these domains may not give somebody this address, or undefined. */
export function refusalOfAddress(email: string | null, domains: readonly string[]): AppError | undefined {
  if (domains.length === 0 || (email !== null && isOfDomains(email, domains))) return undefined;
  return refusedAs('invalidValue', `The address must be one of ${domains.slice(0, 5).join(', ')}.`);
}

function localeOf(given: string | undefined): string | null {
  const tag = given?.trim().replaceAll('_', '-') ?? '';
  return tag.length <= 35 && language.test(tag) ? tag : null;
}

function textOf(field: string, value: unknown, maxLength: number): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value.normalize('NFKC').trim() : undefined;
  if (text === undefined || text.length > maxLength || !line.test(text))
    throw refusedAs('invalidValue', `${field} is a text of at most ${maxLength} characters on one line.`);
  return text === '' ? null : text;
}
