import { examineSettings } from './config.ts';
import type { ConfigInput } from './config.ts';
import { describeConfig } from './describe.ts';
import { envExamples, renderEnvExample } from './env-examples.ts';
import { secretsFile } from './kept-secrets.ts';
import { renderSettingsTable } from './settings-table.ts';

/** `args`: what follows the command's name; `write` takes the text for standard output. */
export type CheckConfigInput = ConfigInput & { args: readonly string[]; write: (text: string) => void };

/**
 * The command `check-config`: says whether the program would start with these settings, every reason why not, every
 * warning, and each setting in force, without secrets. With `--print-table` it prints `docs/settings.md` instead, with
 * `--print-env-example` an example of `.env`: `=staging`, `=production` or `=demo` for those. Changes nothing. Returns the exit status: 0, 1 where the settings
 * are refused, 2 for an unknown argument.
 */
export function runCheckConfig({ args, write, ...input }: CheckConfigInput): number {
  const printers = new Map<string, () => string>([
    ['--print-table', renderSettingsTable],
    ['--print-env-example', () => renderEnvExample('development')],
    ...Object.values(envExamples).map(
      (environment) => [`--print-env-example=${environment}`, () => renderEnvExample(environment)] as const,
    ),
  ]);
  const [argument, ...rest] = args;
  if (argument === undefined) return printReport(input, write);
  const print = printers.get(argument);
  if (print === undefined || rest.length > 0) {
    write(`check-config takes nothing, or one of ${[...printers.keys()].join(', ')}\n`);
    return 2;
  }
  write(print());
  return 0;
}

function printReport(input: ConfigInput, write: CheckConfigInput['write']): number {
  const { config, reasons, warnings } = examineSettings(input, { mayWrite: false });
  const described = Object.entries(describeConfig(config));
  const isFine = reasons.length === 0;
  const width = Math.max(...described.map(([name]) => name.length));
  write(isFine ? 'The settings are accepted.\n' : 'The settings do not let the program start.\n');
  writeList('Reasons', reasons, write);
  writeList('Warnings', warnings, write);
  write('\nSettings in force:\n');
  for (const [name, value] of described) write(`  ${name.padEnd(width)}  ${value}\n`);
  if (isFine && (config.secretKey === '' || config.encryptionKey === '')) {
    write(
      `\nThe keys that are not set are made at the first start and kept in ${secretsFile(config.dataDir)}\n`,
    );
  }
  return isFine ? 0 : 1;
}

function writeList(title: string, lines: readonly string[], write: CheckConfigInput['write']): void {
  if (lines.length > 0) write(`\n${title}:\n${lines.map((line) => `  - ${line}\n`).join('')}`);
}
