import { once } from 'node:events';
import { isStrict } from '#platform/config/settings.ts';
import { findDemoAccounts } from './demo/accounts.ts';
import { loadAtStart } from './demo/at-start.ts';
import { startSystem, type System, type SystemOptions } from './system.ts';
import { welcome } from './welcome.ts';

/** Runs a role until `signal`; then finishes what is in hand. */
export async function serveRole(options: Omit<SystemOptions, 'beforeJobs'>): Promise<void> {
  const { role, signal } = options;
  if (signal.aborted) return;
  const system = await startSystem({
    ...options,
    ...(role === 'all' && { beforeJobs: (open) => loadAtStart(open, signal, print) }),
  });
  await announce(system, options);
  if (!signal.aborted) await once(signal, 'abort');
  await system.stop();
}

async function announce(
  { address, open }: System,
  { role, config, log, signal }: Omit<SystemOptions, 'beforeJobs'>,
): Promise<void> {
  if (signal.aborted) return;
  log.info({ address }, `${role} runs`);
  // Where programs read the log, it has nothing but lines of JSON.
  if (role !== 'all' || isStrict(config.environment)) return;
  print(welcome(config, address, await findDemoAccounts(open.deps)));
}

function print(text: string): void {
  process.stdout.write(text);
}
