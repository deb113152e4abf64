import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { completeKeys } from './complete-keys.ts';
import { hideSecrets } from './describe.ts';
import { readSettings } from './draft.ts';
import type { ConfigInput } from './draft.ts';
import { checkRules } from './rules.ts';
import { envFileName, isStrict } from './settings.ts';
import type { Config } from './settings.ts';

export type { ConfigInput } from './draft.ts';
export type { Config } from './settings.ts';

/** `warnings`: one line each, without secrets, for the log at start. */
export type LoadedConfig = { config: Config; warnings: string[] };

/** Why the settings do not let the program start: all reasons at once, one line each, saying what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly reasons: string[];
  readonly warnings: string[];

  constructor(reasons: string[], warnings: string[] = []) {
    super(`The settings do not let the program start:\n${reasons.map((reason) => `- ${reason}`).join('\n')}`);
    this.reasons = reasons;
    this.warnings = warnings;
  }
}

/**
 * Works the settings out of the environment, `.env` and the defaults, and checks them. Throws `ConfigError` with
 * every reason. In the embedded default it may write `DATA_DIR/secrets.json`.
 */
export function loadConfig(input: ConfigInput): LoadedConfig {
  const { config, reasons, warnings } = examineSettings(input, { mayWrite: true });
  if (reasons.length > 0) throw new ConfigError(reasons, warnings);
  return { config, warnings };
}

/**
 * The same, for those who want to see the settings although there are reasons against them. Without `mayWrite`
 * the keys that a start would make and keep stay empty.
 */
export function examineSettings(
  input: ConfigInput,
  { mayWrite }: { mayWrite: boolean },
): LoadedConfig & { reasons: string[] } {
  const draft = readSettings(input);
  checkRules(draft);
  const config = hideSecrets(completeKeys(draft, mayWrite));
  return { config, warnings: draft.warnings, reasons: draft.reasons };
}

/**
 * The environment of this process and the text of `.env`, or of the file that ENV_FILE names. Nothing else in the
 * program reads either. Throws `ConfigError` where the file cannot be read.
 */
export function readEnvironment(cwd: string): Pick<ConfigInput, 'env' | 'envFileText'> {
  const env = process.env;
  const named = env[envFileName] ?? '';
  const file = path.resolve(cwd, named === '' ? '.env' : named);
  if (named === '' && !existsSync(file)) return { env };
  try {
    return { env, envFileText: readFileSync(file, 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new ConfigError([
      `${file} cannot be read (${code}): correct ${envFileName}, or let this user read the file`,
    ]);
  }
}

/** Whether the program starts a PostgreSQL of its own. */
export function isEmbedded(config: Pick<Config, 'databaseUrl'>): boolean {
  return config.databaseUrl === null;
}

/** The database by the account that may change its tables; null where it is embedded. */
export function ownerUrlOf({
  databaseOwnerUrl,
  databaseUrl,
}: Pick<Config, 'databaseOwnerUrl' | 'databaseUrl'>): string | null {
  return databaseOwnerUrl ?? databaseUrl;
}

/** Whether the demo academy, with its well-known passwords, may be loaded into an empty database. */
export function allowsDemoData({
  databaseUrl,
  demoMode,
  environment,
}: Pick<Config, 'databaseUrl' | 'demoMode' | 'environment'>): boolean {
  return !isStrict(environment) && (demoMode ?? databaseUrl === null);
}
