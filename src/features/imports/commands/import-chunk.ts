import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import type { CsvRow } from '../csv/read-rows.ts';
import type { NewImportRow } from '../queries/rows.ts';

export type Chunk = {
  /** Whose rights decide. */
  actor: Actor;
  isDryRun: boolean;
  rows: readonly CsvRow[];
  /** How many rows of the file stand before these. */
  from: number;
  /** When the file was begun. */
  startedAt: Date;
};

/** What became of a row; `id` is given where it is kept. */
export type RowOutcome = Omit<NewImportRow, 'id'>;
/** Does, or in a dry run finds out, what some rows say, in the caller's transaction. One outcome a row, in order. */
export type ChunkImport = (deps: Deps, tx: Tx, chunk: Chunk) => Promise<RowOutcome[]>;
