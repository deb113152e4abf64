import type { Reason } from '#platform/errors.ts';
import type { Columns } from './columns.ts';
import { ImportFileError } from './file-error.ts';

// What a file may hold in place of a name is told no further than this.
const shownLength = 60;

/** Which column stands at which place, by the names in the first line, without regard to case. Throws for others. */
export function readHeader(cells: readonly string[], { known, required }: Columns): string[] {
  const names = cells.map((cell) => {
    const folded = cell.trim().toLowerCase();
    return known.find((name) => name.toLowerCase() === folded) ?? folded;
  });
  const errors = [
    ...names.flatMap((name) => (known.includes(name) ? [] : [unknown(name, known)])),
    ...known.flatMap((name) =>
      names.filter((each) => each === name).length > 1
        ? [reason('column_repeated', name, 'It stands twice.')]
        : [],
    ),
    ...required.flatMap((name) =>
      names.includes(name) ? [] : [reason('column_missing', name, 'This column is needed.')],
    ),
  ];
  if (errors.length > 0) throw new ImportFileError('import_file_invalid', errors.slice(0, 20));
  return names;
}

/** Comma, or semicolon as spreadsheets write it where the comma is in numbers: whichever parts the names of columns. */
export function delimiterOf(firstLine: string): ',' | ';' {
  return firstLine.includes(';') && !firstLine.includes(',') ? ';' : ',';
}

function unknown(name: string, known: readonly string[]): Reason {
  return reason('column_unknown', name, `There are these columns: ${known.join(', ')}.`);
}

function reason(code: string, name: string, message: string): Reason {
  return { path: name.slice(0, shownLength), code, params: { line: 1 }, message };
}
