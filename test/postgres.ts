import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts';

/**
 * A PostgreSQL of the test's own, ended with it. `packageName` brings another version, `dataDir` the data of one that
 * was stopped.
 */
export async function startPostgres(
  t: TestContext,
  { packageName = 'embedded-postgres', dataDir }: { packageName?: string; dataDir?: string } = {},
): Promise<EmbeddedPostgres & { dataDir: string }> {
  const folder = dataDir ?? (await mkdtemp(path.join(tmpdir(), 'lms-postgres-')));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({
    dataDir: folder,
    packageName,
    durability: 'none',
    log: () => {},
  });
  t.after(() => postgres.stop());
  return Object.assign(postgres, { dataDir: folder });
}
