import { readSources } from '#app/settings.ts';
import { runCheckConfig } from '#platform/config/check-config.ts';

/** Prints the settings in force, or every reason why they do not hold (exit status 1). */
export async function checkConfigCommand(args: string[]): Promise<void> {
  const write = (text: string) => void process.stdout.write(text);
  process.exitCode = runCheckConfig({ ...(await readSources()), args, write });
}
