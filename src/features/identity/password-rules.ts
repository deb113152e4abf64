import type { Deps } from '#platform/deps.ts';
import type { Reason } from '#platform/errors.ts';
import { contextWords, isMadeOf } from './context-words.ts';

export const minPasswordLength = 8;
export const maxPasswordLength = 200;

/**
 * Why a password is refused, if it is: it is among the 49,000 most used, as breaches showed them (list of zxcvbn), is the
 * person's own address or name, or is made of words of the place alone. Length is the schema's matter, and there is no rule
 * of what else must be in it (NIST SP 800-63B, section 3.1.1.2).
 */
export async function passwordReasons(
  { config }: Pick<Deps, 'config'>,
  password: string,
  person: { email: string | null; name: string },
): Promise<Reason[]> {
  const folded = password.normalize('NFKC').toLowerCase();
  const own = [person.email, person.email?.split('@')[0], person.name].map((text) =>
    text?.normalize('NFKC').toLowerCase(),
  );
  if (own.includes(folded)) return [weak('password_personal', 'It must not be your name or address.')];
  // Loaded when first needed: 380 kB that no other request uses.
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  if (dictionary['passwords-common'].includes(folded))
    return [weak('password_common', 'It is among the most used passwords.')];
  if (isMadeOf(contextWords(config, person), password))
    return [
      weak('password_context', 'It is made of names and words of this place alone, which anybody would try.'),
    ];
  return [];
}

function weak(code: string, message: string): Reason {
  return { path: '/password', code, message };
}
