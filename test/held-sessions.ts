import type { TestContext } from 'node:test';
import pg from 'pg';

/** Locks the table that signing in and `identity.purge-sessions` write to, until `release`, or the end of the test. */
export async function holdSessions(
  t: TestContext,
  databaseUrl: string,
): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => {});
  await client.connect();
  t.after(() => client.end());
  await client.query('begin');
  await client.query('lock table session in access exclusive mode');
  return { release: async () => void (await client.query('rollback')) };
}
