import { CommandError, optionsOf } from '#app/command-line.ts';
import { bringUpToDate, provideDatabase } from '#app/database-setup.ts';
import { findDemoAccounts } from '#app/demo/accounts.ts';
import { loadAtStart } from '#app/demo/at-start.ts';
import type { RoleName } from '#app/deps.ts';
import { readSettings } from '#app/settings.ts';
import { startSystem } from '#app/system.ts';
import { untilSignal } from '#app/signals.ts';
import { welcome } from '#app/welcome.ts';
import { queueNames, type QueueName } from '#platform/jobs/definition.ts';
import { createLogger } from '#platform/log.ts';

/** The command that runs a role until a signal ends it. */
export function roleCommand(role: RoleName): (args: string[]) => Promise<void> {
  return (args) => runRole(role, args);
}

async function runRole(role: RoleName, args: string[]): Promise<void> {
  const { queues, concurrency } = workerOptionsOf(role, args);
  const { config, warnings } = readSettings();
  const log = createLogger({ level: config.logLevel, service: role, version: config.version });
  for (const warning of warnings) log.warn(warning);
  if (config.databaseUrl === null && role !== 'all') {
    throw new CommandError(`The role ${role} needs a database that other processes reach too. Set DATABASE_URL, or start "all".`);
  }
  const signal = untilSignal(log);
  const database = await provideDatabase(config, log);
  try {
    if (role === 'all') await bringUpToDate(database.url, log);
    const system = await startSystem({
      ...{ config, databaseUrl: database.url, log, role, queues, concurrency },
      ...(role === 'all' && { beforeJobs: (open) => loadAtStart(open, (text) => void process.stdout.write(text)) }),
    });
    if (role === 'all') {
      process.stdout.write(welcome(config, system.address, await findDemoAccounts(system.open.deps)));
    } else log.info({ address: system.address }, `${role} runs`);
    await signal.received;
    await system.stop();
  } finally {
    await database.stop();
    signal.release();
  }
  log.info('stopped');
}

function workerOptionsOf(role: RoleName, args: string[]): { queues: readonly QueueName[]; concurrency: number } {
  if (role !== 'worker' && role !== 'all') {
    optionsOf(args, {});
    return { queues: queueNames, concurrency: 1 };
  }
  const { queues, concurrency = '4' } = optionsOf(args, { queues: { type: 'string' }, concurrency: { type: 'string' } });
  const count = Number(concurrency);
  if (!Number.isInteger(count) || count < 1 || count > 100) throw new CommandError('--concurrency takes a whole number from 1 to 100.');
  const names = queues?.split(',').map((name) => name.trim()) ?? [...queueNames];
  const unknown = names.filter((name) => !(queueNames as readonly string[]).includes(name));
  if (unknown.length > 0) throw new CommandError(`--queues: ${unknown.join(', ')} is no queue. There are ${queueNames.join(', ')}.`);
  return { queues: names as QueueName[], concurrency: count };
}
