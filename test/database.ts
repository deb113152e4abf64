import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export type TestDatabase = {
  /** By the account that owns its tables. */
  url: string;
  /** By the one that reads and writes rows, and no more. */
  appUrl: string;
  drop(): Promise<void>;
};

/** A database of the test's own, copied from the migrated template: as files, a third of what it costs by the log. */
export async function createTestDatabase(template = environment('TEST_TEMPLATE')): Promise<TestDatabase> {
  const server = environment('TEST_DATABASE_URL');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(server, `create database ${name} template ${template} strategy file_copy`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, appUrl: appUrlOf(url.href), drop: () => dropDatabase(server, name) };
}

/** The same database by the account that serves. */
export function appUrlOf(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.username = 'lms_app_of_tests';
  url.password = 'of-tests-alone';
  return url.href;
}

/** Ends whatever is connected to it. */
export async function dropDatabase(server: string, name: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      await onServer(server, `drop database if exists ${name} with (force)`);
      return;
    } catch (error) {
      // An autovacuum worker is at work there, which only a superuser may end. It is done in a moment.
      const isVacuumed = (error as { code?: string }).code === '42501';
      if (!isVacuumed || Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. Run tests with "npm test", or "npm test -- FILE".`);
  return value;
}

export async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
