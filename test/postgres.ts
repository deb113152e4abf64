import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts';

/** A PostgreSQL of the test's own, ended with it. `packageName` brings another version. */
export async function startPostgres(
  t: TestContext,
  packageName = 'embedded-postgres',
): Promise<EmbeddedPostgres> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'lms-postgres-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dataDir, packageName, durability: 'none', log: () => {} });
  t.after(() => postgres.stop());
  return postgres;
}
