import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { createStatementNames, isStalePlan, type StatementNames } from './prepared.ts';
import type { DB as Tables } from './tables.ts';

export type { Tables };
/** A handle for reads. What writes together demands a `Tx`. */
export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;

export type DatabaseOptions = {
  url: string;
  poolSize: number;
  statementTimeoutMs: number;
  lockTimeoutMs: number;
  idleInTransactionTimeoutMs: number;
  applicationName: string;
  /** Prepares the statements that come again and again. Not for a pooler that gives each transaction another connection without knowing of prepared statements. */
  isPreparing: boolean;
  /** Settings of the server that its sessions begin with. Not through a pooler. */
  session?: Record<string, string>;
  /** A connection of the pool broke while idle: worth a line in the log, never the end of the process. */
  onError: (error: Error) => void;
  /** Called with the text of every statement but BEGIN and COMMIT. */
  onStatement?: ((sql: string) => void) | undefined;
};

export type Database = {
  db: Db;
  /** Connections now, for metrics. */
  poolCounts(): { total: number; idle: number; waiting: number; max: number };
  close(): Promise<void>;
};

// Dates stay dates; bigint and numeric come as text by default, which JSON would show as strings.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);

/** Opens a pool; the first statement connects. Times are milliseconds. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    application_name: options.applicationName,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: options.statementTimeoutMs,
    lock_timeout: options.lockTimeoutMs,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs,
    // The client's own clock, for a server that has gone without a word. 0 means never, as it does there.
    ...(options.session && {
      options: Object.entries(options.session)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    }),
    ...(options.statementTimeoutMs > 0 && { query_timeout: options.statementTimeoutMs + 5_000 }),
  });
  pool.on('error', options.onError);
  // The pool listens to idle clients alone: one that breaks while a request holds it would end the process.
  pool.on('connect', (client) => client.on('error', options.onError));
  const names = options.isPreparing ? createStatementNames() : undefined;
  pool.on('connect', (client) => watchQueries(client, names));
  const { onStatement } = options;
  const tell = (text: string) =>
    void (/^(?:begin|commit|start transaction)\b/i.test(text) || onStatement?.(text));
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    ...(onStatement && { log: (event) => tell(event.query.sql) }),
  });
  return {
    db,
    poolCounts: () => ({
      total: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      max: options.poolSize,
    }),
    close: () => db.destroy(),
  };
}

type Query = (...input: unknown[]) => unknown;

function watchQueries(client: pg.PoolClient, names: StatementNames | undefined): void {
  const open = client as unknown as { query: Query; end(): Promise<void> };
  const query = dropWhenSilent(open.query.bind(client), open);
  open.query = names ? preparing(query, names, () => client.getTransactionStatus() === 'I') : query;
}

// After a read timeout node-postgres goes on waiting for the answer, and gives the connection to the next
// request, which would wait behind it. Ended, it fails what else uses it at once and leaves the pool.
function dropWhenSilent(query: Query, client: { end(): Promise<void> }): Query {
  return (...input) => {
    const result = query(...input);
    if (result instanceof Promise) {
      result.catch((error: unknown) => {
        if (error instanceof Error && error.message === 'Query read timeout') void client.end();
      });
    }
    return result;
  };
}

function preparing(query: Query, names: StatementNames, isAlone: () => boolean): Query {
  return (...input) => {
    const [text, values] = input;
    if (typeof text !== 'string' || !Array.isArray(values)) return query(...input);
    const name = names.nameOf(text);
    if (name === undefined) return query(...input);
    return (query({ name, text, values }) as Promise<unknown>).catch((error: unknown) => {
      if (!isStalePlan(error)) throw error;
      names.forget(text);
      // Within a transaction nothing more can be done on it: `inTransaction` begins another.
      if (!isAlone()) throw error;
      return query(text, values);
    });
  };
}

/** Runs text with `$1` parameters on a handle, for what Kysely has no words for. */
export async function runSql<Row>(
  handle: Db | Tx,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const result = await handle.executeQuery<Row>(CompiledQuery.raw(text, [...values]));
  return result.rows;
}
