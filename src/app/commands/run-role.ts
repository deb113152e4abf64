import { CommandError, optionsOf, usageError } from '#app/command-error.ts';
import { bringUpToDate, provideDatabase, type RunningDatabase } from '#app/database-setup.ts';
import type { RoleName } from '#app/deps.ts';
import { readServerSettings, readSettings } from '#app/settings.ts';
import { listenForStop } from '#app/signals.ts';
import { queueNames, type QueueName } from '#platform/jobs/definition.ts';
import { createLogger } from '#platform/log.ts';

// What is still under way to a collector that hangs must not keep it alive.
const lingerMs = 1_000;

/** The command that runs a role until a signal ends it. */
export function roleCommand(role: RoleName): (args: string[]) => Promise<void> {
  return (args) => runRole(role, args);
}

async function runRole(role: RoleName, args: string[]): Promise<void> {
  const work = workOptionsOf(role, args);
  const isServer = role === 'api' || role === 'all';
  const { config, warnings } = isServer ? await readServerSettings() : await readSettings();
  const log = createLogger({ level: config.logLevel, service: role, version: config.version });
  for (const warning of warnings) log.warn(warning);
  if (config.databaseUrl === null && role !== 'all') {
    throw new CommandError(
      `The role ${role} needs a database that other processes reach too: set DATABASE_URL, or start "all".`,
    );
  }
  let database: RunningDatabase | undefined;
  const stop = listenForStop(log);
  try {
    // The code loads while the database starts: together they take as long as the longer of the two.
    const loading = import('#app/serve-role.ts');
    loading.catch(() => {});
    database = await provideDatabase(config, log);
    if (role === 'all' && !stop.signal.aborted) await bringUpToDate(database, config, log);
    const { serveRole } = await loading;
    await serveRole({ config, databaseUrl: database.url, log, role, ...work, signal: stop.signal });
  } finally {
    await database?.stop();
    stop.release();
  }
  log.info('stopped');
  setTimeout(() => process.exit(), lingerMs).unref();
}

function workOptionsOf(
  role: RoleName,
  args: string[],
): { queues: readonly QueueName[]; concurrency: number } {
  const count = { concurrency: { type: 'string' } } as const;
  if (role === 'worker') {
    const { queues, concurrency } = optionsOf(args, { queues: { type: 'string' }, ...count });
    return { queues: queuesOf(queues), concurrency: concurrencyOf(concurrency) };
  }
  const { concurrency } = optionsOf(args, role === 'all' ? count : {}) as { concurrency?: string };
  return { queues: queueNames, concurrency: concurrencyOf(concurrency) };
}

function queuesOf(list: string | undefined): readonly QueueName[] {
  if (list === undefined) return queueNames;
  const names = list.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !(queueNames as readonly string[]).includes(name));
  if (unknown.length === 0) return names as QueueName[];
  throw usageError(`--queues: there is no queue "${unknown.join('", "')}", but ${queueNames.join(', ')}.`);
}

function concurrencyOf(text = '4'): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 100) return count;
  throw usageError('--concurrency takes a whole number from 1 to 100.');
}
