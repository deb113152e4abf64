import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { MigrationError } from './migration-error.ts';

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

/**
 * Reads `NNNN_name.sql` files in the order of their names. One that begins with `-- no-transaction` (as
 * `create index concurrently` needs) runs statement by statement, each ended by `;` at the end of a line. It may
 * end half-way, so it is written to be run again: `drop index concurrently if exists` before the index.
 */
export async function readMigrations(directory = defaultDirectory): Promise<Migration[]> {
  const files = await readdir(directory).catch((error: unknown) => {
    throw new MigrationError(`The folder of migrations, ${directory}, cannot be read.`, { cause: error });
  });
  const names = files.filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(path.join(directory, name), 'utf8');
      const sha256 = createHash('sha256').update(sql).digest('hex');
      return { name, sql, sha256, inTransaction: !sql.startsWith(noTransactionMark) };
    }),
  );
}

/**
 * Applies what is not applied yet, in order, and returns the names it applied. Safe to start twice
 * at once: the second waits for the first. Throws when an applied file was edited, or has vanished from
 * among those that are there; applied ones after the last are of a newer program, and are left alone, so
 * that this one can take its place again.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(options.directory);
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'lms-migrate' });
  // The failure of a statement tells it too; without a listener it would end the process.
  client.on('error', () => {});
  await client.connect();
  try {
    await takeLock(client, options.lockTimeoutMs ?? 300_000);
    const applied = await readApplied(client);
    refuseEdited(migrations, applied);
    refuseVanished(migrations, applied);
    const pending = migrations.filter((migration) => !applied.has(migration.name));
    for (const migration of pending) {
      await apply(client, migration, options.log);
      options.log?.(`applied ${migration.name}`);
    }
    return pending.map((migration) => migration.name);
  } finally {
    // The lock ends with the connection.
    await client.end();
  }
}

// Polled: waiting inside pg_advisory_lock holds a snapshot, which deadlocks with
// `create index concurrently` in the process that has the lock.
async function takeLock(client: pg.Client, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
      lockKey,
    ]);
    if (rows[0]?.locked) return;
    if (Date.now() > deadline)
      throw new MigrationError('Another migration is still running. Wait for it, then try again.');
    await sleep(200);
  }
}

async function readApplied(client: pg.Client): Promise<Map<string, string>> {
  await client.query(`create table if not exists schema_migration (
    name text primary key, sha256 text not null, applied_at timestamptz(3) not null default now())`);
  const { rows } = await client.query<{ name: string; sha256: string }>(
    'select name, sha256 from schema_migration',
  );
  return new Map(rows.map((row) => [row.name, row.sha256]));
}

function refuseEdited(migrations: Migration[], applied: Map<string, string>): void {
  for (const { name, sha256 } of migrations) {
    const known = applied.get(name);
    if (known !== undefined && known !== sha256) {
      throw new MigrationError(
        `${name} was edited after it was applied. Restore it and put the change into a new file.`,
      );
    }
  }
}

function refuseVanished(migrations: Migration[], applied: Map<string, string>): void {
  const names = new Set(migrations.map(({ name }) => name));
  const last = migrations.at(-1)?.name ?? '';
  const vanished = [...applied.keys()].filter((name) => !names.has(name) && name < last);
  if (vanished.length > 0) {
    throw new MigrationError(
      `${vanished.join(', ')} was applied and is not there any more. Restore it; a file is never renamed.`,
    );
  }
}

async function apply(client: pg.Client, migration: Migration, log: MigrateOptions['log']): Promise<void> {
  try {
    if (migration.inTransaction) await applyBesideOthers(client, migration, log);
    else await applyOneByOne(client, migration);
  } catch (error) {
    throw new MigrationError(`Migration ${migration.name} failed: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

// Whoever asks for a table waits behind a migration that waits for it, for so long at most. Far below a second, after
// which the server ends a request in a deadlock with it: so the migration is always the one that gives way.
const tableLockTimeoutMs = 250;
const mostTries = 150;
// A deadlock with requests, and a lock that was not to be had in time.
const passing = new Set(['40P01', '55P03']);

/** Tries again, from its beginning, where what runs meanwhile holds the tables: it leaves nothing of a try. */
async function applyBesideOthers(
  client: pg.Client,
  migration: Migration,
  log: MigrateOptions['log'],
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await applyAtOnce(client, migration);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === undefined || !passing.has(code) || tries === mostTries) throw error;
      if (tries === 1) log?.(`${migration.name} met others at the same tables; trying again`);
      await sleep(Math.min(100 * tries, 500));
    }
  }
}

async function applyAtOnce(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`set local lock_timeout = ${tableLockTimeoutMs}`);
    await client.query(migration.sql);
    await record(client, migration);
    await client.query('commit');
  } catch (error) {
    // What failed says more than a rollback on a lost connection.
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

// Sent together, they would be one transaction all the same.
async function applyOneByOne(client: pg.Client, migration: Migration): Promise<void> {
  const statements = migration.sql.split(/;[ \t]*(?:--[^\n]*)?$/m).filter((text) => /^\s*[^\s-]/m.test(text));
  for (const statement of statements) await client.query(statement);
  await record(client, migration);
}

async function record(client: pg.Client, { name, sha256 }: Migration): Promise<void> {
  await client.query('insert into schema_migration (name, sha256) values ($1, $2)', [name, sha256]);
}
