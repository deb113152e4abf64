import type { Reason } from '#platform/errors.ts';

/** What is wrong with a file as a whole, so that no row of it can be told. */
export class ImportFileError extends Error {
  override name = 'ImportFileError';
  readonly code: string;
  readonly errors: readonly Reason[];
  constructor(code: string, errors: readonly Reason[] = []) {
    super(`The file cannot be imported: ${code}.`);
    this.code = code;
    this.errors = errors;
  }
}

/** The same, with what is wrong in one line. */
export function badLine({
  code,
  line,
  message,
}: {
  code: string;
  line: number;
  message: string;
}): ImportFileError {
  return new ImportFileError('import_file_invalid', [{ code, params: { line }, message }]);
}
