import { callers, type Caller } from './callers.ts';

/** One line of the table: what is called, and the statuses that each caller may get. */
export type Row = {
  /** The line's first words: `getCourse (a draft)`. */
  name: string;
  operationId: string;
  expected: Record<Caller, readonly number[]>;
};

/**
 * Reads the table: columns apart by two blanks or more, the first line names the callers, a line that begins with
 * `#` is a heading. Throws for a line that is neither, and for one that stands there twice.
 */
export function parseTable(text: string): Row[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const [head = '', ...body] = lines;
  const columns = cellsOf(head);
  if (columns.join() !== callers.join()) throw new Error(`The table's callers are ${columns.join(', ')}.`);
  const rows = body.map(parseRow);
  const names = rows.map(({ name }) => name);
  const doubled = names.find((name, at) => names.indexOf(name) !== at);
  if (doubled !== undefined) throw new Error(`The table has two lines "${doubled}".`);
  return rows;
}

function parseRow(line: string): Row {
  const [name = '', ...cells] = cellsOf(line);
  const operationId = /^(\w+)(?: \([^()]+\))?$/.exec(name)?.[1];
  if (operationId === undefined || cells.length !== callers.length)
    throw new Error(`Not a line of the table: ${line}`);
  const expected = {} as Record<Caller, readonly number[]>;
  for (const [at, caller] of callers.entries()) expected[caller] = statusesOf(cells[at] ?? '', line);
  return { name, operationId, expected };
}

function statusesOf(cell: string, line: string): number[] {
  if (!/^\d{3}(?:\|\d{3})*$/.test(cell)) throw new Error(`"${cell}" is no status: ${line}`);
  return cell.split('|').map(Number);
}

function cellsOf(line: string): string[] {
  return line.trim().split(/ {2,}/);
}
