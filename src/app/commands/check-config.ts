import { readEnvironment } from '#platform/config/config.ts';
import { runCheckConfig } from '#platform/config/check-config.ts';

/** Prints the settings in force, or every reason why they do not hold (exit status 1). */
export async function checkConfigCommand(args: string[]): Promise<void> {
  const cwd = process.cwd();
  const write = (text: string) => void process.stdout.write(text);
  process.exitCode = runCheckConfig({ ...readEnvironment(cwd), cwd, args, write });
}
