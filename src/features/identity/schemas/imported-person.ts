import { Type, type Static } from 'typebox';
import { languageTag, object } from '#platform/http/schema.ts';
import { email, personName, role, timeZone } from '../schemas.ts';

/** What a file may say of a person. */
export const importedPerson = object({
  email,
  name: Type.Optional(personName),
  role: Type.Optional(role),
  locale: Type.Optional(languageTag),
  timeZone: Type.Optional(timeZone),
});
export type ImportedPerson = Static<typeof importedPerson>;
