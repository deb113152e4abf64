import { givenColumns, nameOf } from '../queries/export-rows.ts';
import type { Entry } from '../register/entry.ts';

/** What each file of `data/` is, from the register, and what was left out and why. `missing`: files without their bytes. */
export function aboutOf(register: readonly Entry[], at: Date, missing: readonly string[]): object {
  const given = register.filter(({ exported }) => !('none' in exported));
  return {
    madeAt: at.toISOString(),
    data: Object.fromEntries(given.map((entry) => [dataFileOf(entry), aboutEntry(entry)])),
    notGiven: Object.fromEntries(
      register.flatMap(({ table, exported }) => ('none' in exported ? [[table, exported.none]] : [])),
    ),
    files: {
      leftOut: 'files of people and enrollments for an import: what is in them is of others',
      missing,
    },
    certificates: { leftOut: 'documents of certificates that were revoked' },
  };
}

/** Where the rows of a table stand. */
export function dataFileOf({ table }: Pick<Entry, 'table'>): string {
  return `data/${table}.json`;
}

function aboutEntry(entry: Entry): object {
  const { exported } = entry;
  const without = 'none' in exported ? {} : (exported.without ?? {});
  const columns = givenColumns(entry).map((column) => [nameOf(column), meaningOf(entry, column)] as const);
  return {
    what: entry.purpose,
    columns: Object.fromEntries(columns),
    leftOut: Object.fromEntries(Object.entries(without).map(([column, why]) => [nameOf(column), why])),
  };
}

function meaningOf({ personal, other, exported }: Entry, column: string): string {
  const meaning = personal[column] ?? '';
  const isChanged = !('none' in exported) && column in (exported.as ?? {});
  const isOfTheirs = column in personal || other.includes(column);
  return isChanged && isOfTheirs ? [meaning, 'as far as it is given'].filter(Boolean).join('; ') : meaning;
}
