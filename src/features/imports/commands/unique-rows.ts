import { createHash } from 'node:crypto';
import { emailKeyOf } from '#platform/auth/email-key.ts';
import type { ImportKind } from '../csv/columns.ts';
import type { CsvRow } from '../csv/read-rows.ts';

/** A row whose `problem` also says where it repeats an earlier one. */
export type UniqueRow = CsvRow;

/**
 * Finds rows about what an earlier row of the file was about: one of both is most likely a mistake, and which is not
 * ours to guess. Keeps a hash of each row: 8 MB for 100,000.
 */
export async function* uniqueRows(kind: ImportKind, rows: AsyncIterable<CsvRow>): AsyncGenerator<UniqueRow> {
  const seen = new Map<string, number>();
  for await (const row of rows) {
    const { email, course } = row.cells;
    if (row.problem || email === undefined) {
      yield row;
      continue;
    }
    const key = keyOf(
      kind === 'people' ? [emailKeyOf(email)] : [emailKeyOf(email), course?.toLowerCase() ?? ''],
    );
    const first = seen.get(key);
    if (first === undefined) seen.set(key, row.line);
    yield first === undefined ? row : { ...row, problem: repeated(first) };
  }
}

function keyOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16).toString('latin1');
}

function repeated(line: number) {
  return {
    path: 'email',
    code: 'row_repeated',
    params: { line },
    message: `Line ${line} is about the same already.`,
  };
}
