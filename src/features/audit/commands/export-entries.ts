import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { csvHead, csvLine } from '../csv.ts';
import { presentEntry } from '../present.ts';
import { listEntries, type EntryFilters } from '../queries/entries.ts';

const batchSize = 500;

/**
 * Lines of all entries that are wanted, the newest first, some hundred in memory at a time; what comes meanwhile is not
 * among them. That it was asked for, and with which filters, is an entry before the first line.
 */
export async function exportEntries(
  deps: Deps,
  filters: EntryFilters,
  format: 'csv' | 'ndjson',
): Promise<AsyncGenerator<string>> {
  const { from, to, ...others } = filters;
  const times = { ...(from && { from: from.toISOString() }), ...(to && { to: to.toISOString() }) };
  const after = { format, ...others, ...times };
  await inTransaction(deps.db, (tx) => deps.audit.record(tx, { action: 'audit.exported', after }));
  return linesOf(deps, filters, format);
}

async function* linesOf(
  { db }: Deps,
  filters: EntryFilters,
  format: 'csv' | 'ndjson',
): AsyncGenerator<string> {
  if (format === 'csv') yield csvHead;
  const lineOf = format === 'csv' ? csvLine : (entry: object) => `${JSON.stringify(entry)}\n`;
  let cursor: string | undefined;
  do {
    const page = await listEntries(db, filters, { sort: '-at', limit: batchSize, cursor });
    yield page.rows.map((row) => lineOf(presentEntry(row))).join('');
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
