import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

export type Migration = { name: string; sql: string; sha256: string; inTransaction: boolean };

export type MigrateOptions = {
  directory?: string;
  log?: (message: string) => void;
  /** How long to wait for another migration to finish. */
  lockTimeoutMs?: number;
};

const defaultDirectory = fileURLToPath(new URL('../../../migrations/', import.meta.url));
const noTransactionMark = '-- no-transaction';
// Any constant will do; it must only be the same in every process.
const lockKey = 7_305_620_118;

/** Reads `NNNN_name.sql` files in the order of their names. */
export async function readMigrations(directory = defaultDirectory): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, `file://${directory}/`), 'utf8');
      const sha256 = createHash('sha256').update(sql).digest('hex');
      return { name, sql, sha256, inTransaction: !sql.startsWith(noTransactionMark) };
    }),
  );
}

/**
 * Applies what is not applied yet, in order, and returns the names it applied. Safe to start twice
 * at once: the second waits for the first. Throws when an applied file was edited or has vanished.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(options.directory);
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'lms-migrate' });
  await client.connect();
  try {
    await takeLock(client, options.lockTimeoutMs ?? 300_000);
    const applied = await readApplied(client);
    refuseEdited(migrations, applied);
    const pending = migrations.filter((migration) => !applied.has(migration.name));
    for (const migration of pending) {
      await apply(client, migration);
      options.log?.(`applied ${migration.name}`);
    }
    return pending.map((migration) => migration.name);
  } finally {
    // The lock ends with the connection.
    await client.end();
  }
}

/** How many migrations of this program the database lacks; what `ready` asks. One statement. */
export async function countPendingMigrations(
  query: (sql: string) => Promise<{ rows: Record<string, unknown>[] }>,
  migrations: Migration[],
): Promise<number> {
  const { rows } = await query('select name from schema_migration');
  const applied = new Set(rows.map((row) => row['name']));
  return migrations.filter((migration) => !applied.has(migration.name)).length;
}

// Polled: waiting inside pg_advisory_lock holds a snapshot, which deadlocks with
// `create index concurrently` in the process that has the lock.
async function takeLock(client: pg.Client, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [lockKey]);
    if (rows[0]?.locked) return;
    if (Date.now() > deadline) throw new Error('Another migration is still running. Wait for it, then try again.');
    await sleep(200);
  }
}

async function readApplied(client: pg.Client): Promise<Map<string, string>> {
  await client.query(`create table if not exists schema_migration (
    name text primary key, sha256 text not null, applied_at timestamptz(3) not null default now())`);
  const { rows } = await client.query<{ name: string; sha256: string }>('select name, sha256 from schema_migration');
  return new Map(rows.map((row) => [row.name, row.sha256]));
}

function refuseEdited(migrations: Migration[], applied: Map<string, string>): void {
  for (const { name, sha256 } of migrations) {
    const known = applied.get(name);
    if (known !== undefined && known !== sha256) {
      throw new Error(`${name} was edited after it was applied. Restore it and put the change into a new file.`);
    }
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const record = 'insert into schema_migration (name, sha256) values ($1, $2)';
  const values = [migration.name, migration.sha256];
  if (!migration.inTransaction) {
    await client.query(migration.sql);
    await client.query(record, values);
    return;
  }
  await client.query('begin');
  try {
    await client.query(migration.sql);
    await client.query(record, values);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`Migration ${migration.name} failed: ${(error as Error).message}`, { cause: error });
  }
}
