import { AppError, type Reason } from '#platform/errors.ts';
import { reasonsOf } from '#platform/http/reasons.ts';
import { createAjv } from '#platform/http/validation.ts';
import { storedEmail } from '../email.ts';
import { importedPerson, type ImportedPerson } from '../schemas/imported-person.ts';
import { checkTimeZone } from './new-user.ts';

/** Tells what is wrong with a person who came as text, as the API would tell it; nothing where all is right. */
export function createPersonCheck(): (
  person: Record<string, string>,
) => { errors: Reason[] } | ImportedPerson {
  const matches = createAjv(false).compile<ImportedPerson>(importedPerson);
  return (person) => {
    if (!matches(person)) return { errors: reasonsOf(matches.errors ?? [], false) };
    const errors = [
      ...thrownBy(() => storedEmail(person.email)),
      ...thrownBy(() => checkTimeZone(person.timeZone)),
    ];
    return errors.length > 0 ? { errors } : person;
  };
}

function thrownBy(check: () => unknown): Reason[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.errors.map((reason) => ({ ...reason, path: reason.path?.replace(/^\//, '') ?? '' }));
  }
}
