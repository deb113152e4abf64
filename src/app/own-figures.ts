import { readFile, statfs } from 'node:fs/promises';
import { addGauge, type Metrics, type Sample } from '#platform/metrics.ts';
import { withinTime } from '#platform/within-time.ts';
import type { Config } from '#platform/config/config.ts';
import type { Database } from '#platform/db/database.ts';
import type { RedisConnection } from '#platform/redis.ts';

type Sources = { config: Config; role: string; database: Database; redis: RedisConnection | null };

// A network folder that hangs must not take the scrape with it.
const diskTimeoutMs = 1_000;

/** What each process knows of itself and its machine, at no cost to others. */
export function addOwnFigures(metrics: Metrics, { config, role, database, redis }: Sources): void {
  addGauge(metrics, 'lms_build_info', 'Always 1.', ['role', 'version'], async () => [
    { labels: { role, version: config.version }, value: 1 },
  ]);
  addGauge(
    metrics,
    'lms_database_pool_connections',
    'Connections of this process by state; waiting: requests for one.',
    ['state'],
    async () => {
      const { total, idle, waiting, max } = database.poolCounts();
      return Object.entries({ active: total - idle, idle, waiting, max }).map(([state, value]) => ({
        labels: { state },
        value,
      }));
    },
  );
  addGauge(
    metrics,
    'lms_redis_up',
    '1 where Redis answers this process; absent without REDIS_URL.',
    [],
    async () => (redis ? [{ value: redis.isReady() ? 1 : 0 }] : []),
  );
  addGauge(
    metrics,
    'lms_memory_limit_bytes',
    'Memory that this process may use; absent where nothing limits it.',
    [],
    async () => memoryLimit(),
  );
  addDiskFigures(metrics, config, role);
}

function addDiskFigures(metrics: Metrics, config: Config, role: string): void {
  const folders = {
    data: config.dataDir,
    ...(config.fileStorageProvider === 'local' && { uploads: config.uploadsDir }),
    // Others may not have it, and would tell of the disk on which it is not.
    ...(config.backupDir !== null && ['worker', 'all'].includes(role) && { backups: config.backupDir }),
  };
  const read = async (bytesOf: (blocks: { blocks: number; bavail: number }) => number): Promise<Sample[]> => {
    const samples = await Promise.all(
      Object.entries(folders).map(async ([folder, path]) => {
        try {
          const stats = await withinTime(diskTimeoutMs, statfs(path));
          return [{ labels: { folder }, value: stats.bsize * bytesOf(stats) }];
        } catch {
          // It is made with the first file; until then there is nothing to tell.
          return [];
        }
      }),
    );
    return samples.flat();
  };
  addGauge(metrics, 'lms_disk_size_bytes', 'Size of the disk that holds a folder.', ['folder'], () =>
    read(({ blocks }) => blocks),
  );
  addGauge(metrics, 'lms_disk_free_bytes', 'Space on that disk that we can use.', ['folder'], () =>
    read(({ bavail }) => bavail),
  );
}

// Without a limit it is 0, or more than any machine has.
async function memoryLimit(): Promise<Sample[]> {
  const limit = (await readOlderLimit()) ?? process.constrainedMemory();
  return limit > 0 && limit < 2 ** 50 ? [{ value: limit }] : [];
}

/** With control groups of version 1 Node takes what is reserved for a limit, beyond which nothing happens. */
async function readOlderLimit(): Promise<number | undefined> {
  const text = await readFile('/sys/fs/cgroup/memory/memory.limit_in_bytes', 'utf8').catch(() => '');
  return text === '' ? undefined : Number(text);
}
