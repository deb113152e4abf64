import { get } from 'node:http';
import { CommandError, optionsOf } from '#app/command-error.ts';
import { readEnvironment } from '#platform/config/config.ts';
import { probeAddresses } from '#platform/config/probe-addresses.ts';

// Longer than `ready` itself waits for the database.
const timeoutMs = 4_000;

/** `health`: whether the role that runs here is ready. Status 1 where it is not, as container engines expect. */
export async function healthCommand(args: string[]): Promise<void> {
  optionsOf(args, {});
  const addresses = probeAddresses(readEnvironment(process.cwd()));
  for (const address of addresses) {
    const status = await ask(address);
    if (status === undefined) continue;
    if (status !== 200) throw new CommandError(`Not ready: ${address} answered ${status}.`);
    process.stdout.write('ready\n');
    return;
  }
  throw new CommandError(`Nothing answers at ${addresses.join(' or ')}.`);
}

/** The status, or undefined where nothing listens. */
async function ask(address: string): Promise<number | undefined> {
  try {
    return await statusOf(address);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return undefined;
    throw new CommandError(`Not ready: ${address} did not answer within ${timeoutMs} ms.`, { cause: error });
  }
}

// Not by fetch, which takes longer to load than all the rest of a check.
function statusOf(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(address, { agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('error', reject);
  });
}
