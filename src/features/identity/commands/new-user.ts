import type { Role } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { invalid } from '#platform/errors.ts';
import { storedEmail } from '../email.ts';
import { passwordReasons } from '../password-rules.ts';
import type { NewUser } from '../queries/people.ts';

type Person = {
  id: string;
  email?: string | null | undefined;
  name: string;
  role: Role;
  passwordHash: string | null;
  locale?: string | undefined;
  timeZone?: string | undefined;
  /** Somebody vouches for the address. */
  isVouchedFor: boolean;
  /** Who else chose the address, and the password if there is one. */
  chosenBy?: string | undefined;
  now: Date;
};

/** The row of a new person, with the defaults of what was not said. */
export function newUserOf({ id, name, role, passwordHash, now, ...rest }: Person): NewUser {
  checkTimeZone(rest.timeZone);
  const email = rest.email ?? null;
  return {
    id,
    ...(email === null ? { email, email_key: null } : storedEmail(email)),
    password_hash: passwordHash,
    name: name.trim(),
    role,
    locale: rest.locale ?? 'en',
    time_zone: rest.timeZone ?? 'UTC',
    email_verified_at: email !== null && rest.isVouchedFor ? now : null,
    own_since: rest.chosenBy === undefined || passwordHash === null ? now : null,
    chosen_by: rest.chosenBy === undefined ? [] : [rest.chosenBy],
    created_at: now,
    updated_at: now,
  };
}

/** Throws 400 where the password is known to attackers. */
export async function checkPassword(
  deps: Pick<Deps, 'config'>,
  password: string,
  person: { email?: string | null; name: string },
): Promise<void> {
  const reasons = await passwordReasons(deps, password, { email: person.email ?? null, name: person.name });
  if (reasons.length > 0) throw invalid('Choose another password.', reasons);
}

/** Throws 400 for what is no IANA time zone. */
export function checkTimeZone(timeZone: string | undefined): void {
  if (timeZone === undefined) return;
  try {
    Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw invalid('The body is not valid.', [
      {
        path: '/timeZone',
        code: 'time_zone_unknown',
        message: 'It must be an IANA time zone, such as Europe/Berlin.',
      },
    ]);
  }
}
