import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse, type Parser } from 'csv-parse';
import type { Reason } from '#platform/errors.ts';
import type { Columns } from './columns.ts';
import { badLine, ImportFileError } from './file-error.ts';
import { delimiterOf, readHeader } from './header.ts';

const maxRows = 100_000;
const maxRowLength = 16_384;
const maxHeaderBytes = 4_096;

/** A row below the line of names. `cells`: what is not empty, trimmed, by column. Blank lines are no rows. */
export type CsvRow = { line: number; cells: Readonly<Record<string, string>>; problem?: Reason };
type Told = { record: string[]; info: { lines: number } };

/**
 * The rows of a CSV file in UTF-8, with or without byte order mark, as the file is read; never all of it in memory.
 * Throws `ImportFileError` for what makes the rest unreadable, and for more than 100,000 rows.
 */
export async function* readRows(source: Readable, columns: Columns): AsyncGenerator<CsvRow> {
  const { head, rest } = await splitHead(source);
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(head.toString('utf8').split(/[\r\n]/, 1)[0] ?? ''),
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: maxRowLength,
    info: true,
  });
  // Where the source fails the parser is destroyed with its error, which the loop below throws.
  const feeding = pipeline(Readable.from(withHead(head, rest), { objectMode: false }), parser).catch(
    () => {},
  );
  try {
    yield* rowsOf(parser, columns);
  } catch (error) {
    throw error instanceof CsvError ? malformed(error) : error;
  } finally {
    parser.destroy();
    await feeding;
  }
}

async function* rowsOf(parser: Parser, columns: Columns): AsyncGenerator<CsvRow> {
  let names: string[] | undefined;
  let before = 0;
  let count = 0;
  for await (const { record, info } of parser as AsyncIterable<Told>) {
    // A row may hold line breaks: it begins in the line after the last one's end.
    const line = before + 1;
    before = info.lines;
    if (record.every((cell) => cell.trim() === '')) continue;
    if (!names) {
      names = readHeader(record, columns);
      continue;
    }
    count += 1;
    if (count > maxRows) throw tooMany(line);
    yield rowOf(line, names, record);
  }
  if (count === 0)
    throw new ImportFileError('import_file_invalid', [{ code: 'no_rows', message: 'It holds no rows.' }]);
}

function rowOf(line: number, names: readonly string[], record: readonly string[]): CsvRow {
  if (record.length !== names.length) {
    const params = { expected: names.length, found: record.length };
    const message = `The line of columns has ${names.length} cells, this row ${record.length}.`;
    return { line, cells: {}, problem: { code: 'row_length', params, message } };
  }
  const cells = names.map((name, at) => [name, record[at]?.trim() ?? ''] as const);
  return { line, cells: Object.fromEntries(cells.filter(([, cell]) => cell !== '')) };
}

async function splitHead(source: Readable): Promise<{ head: Buffer; rest: AsyncIterator<Buffer> }> {
  const rest = source.iterator() as AsyncIterator<Buffer>;
  let head: Buffer = Buffer.alloc(0);
  while (head.length < maxHeaderBytes && !/[\r\n]/.test(head.toString('latin1'))) {
    const next = await rest.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return { head, rest };
}

async function* withHead(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

function tooMany(line: number): ImportFileError {
  return badLine({ code: 'too_many_rows', line, message: `A file holds at most ${maxRows} rows. Split it.` });
}

function malformed({ code, lines }: CsvError): ImportFileError {
  const line = typeof lines === 'number' ? lines : 1;
  if (code === 'CSV_MAX_RECORD_SIZE') {
    const message = `A row has at most ${maxRowLength} characters. Is a quote not closed?`;
    return badLine({ code: 'row_too_long', line, message });
  }
  if (!code.includes('QUOTE')) return badLine({ code: 'csv_malformed', line, message: 'It is no CSV.' });
  const message = 'Quotes enclose a whole cell; a quote within is doubled; each that opens is closed.';
  return badLine({ code: 'csv_quotes', line, message });
}
