import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { hideSecrets } from './describe.ts';
import { completeKeys } from './complete-keys.ts';
import { parseSetting } from './parse.ts';
import { checkRules } from './rules.ts';
import { readEnvFile, warnOfNames } from './env-file.ts';
import { envFileName, settings } from './settings.ts';
import type { Config, Environment, Setting, SettingValue } from './settings.ts';

export type { Config, Environment } from './settings.ts';

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

export type ConfigInput = {
  env: Readonly<Record<string, string | undefined>>;
  /** The text of `.env`, if there is one; `env` wins. */
  envFileText?: string | undefined;
  /** Folder of the project, from which a relative DATA_DIR is taken. */
  cwd: string;
  /** Values that win over both, for commands and tests; the rules apply to them too. */
  overrides?: Partial<Config>;
  /** False leaves the disk alone: keys that would be made and kept are made and forgotten. */
  mayKeepSecrets?: boolean;
};

/** What is known of the settings while they are being worked out. */
export type Draft = {
  values: Config;
  /** Keys that the environment, the file or an override has set, rightly or wrongly. */
  given: ReadonlySet<string>;
  reasons: string[];
  warnings: string[];
};

/**
 * Works the settings out of the environment, `.env` and the defaults, and checks them. Throws `ConfigError` with
 * every reason. In the embedded default it may write `DATA_DIR/secrets.json`.
 */
export function loadConfig(input: ConfigInput): LoadedConfig {
  const draft = readSettings(input);
  checkRules(draft);
  const values = completeKeys(draft, input.mayKeepSecrets ?? true);
  if (draft.reasons.length > 0) throw new ConfigError(draft.reasons, draft.warnings);
  return { config: hideSecrets(values), warnings: draft.warnings };
}

/** Reads the environment of this process and `.env` (or the file that ENV_FILE names); nothing else does. */
export function readEnvironment(cwd: string): Pick<ConfigInput, 'env' | 'envFileText'> {
  const env = process.env;
  const named = env[envFileName];
  const file = path.resolve(cwd, named || '.env');
  if (!named && !existsSync(file)) return { env };
  try {
    return { env, envFileText: readFileSync(file, 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new ConfigError([
      `${file} cannot be read (${code}): correct ENV_FILE, or let this user read the file`,
    ]);
  }
}

/** Whether the program starts a PostgreSQL of its own. */
export function isEmbedded(config: Config): boolean {
  return config.databaseUrl === null;
}

/** Staging and production: unsafe settings stop the start. */
export function isStrict(config: Pick<Config, 'environment'>): boolean {
  return config.environment === 'staging' || config.environment === 'production';
}

/** Whether the demo academy, with its well-known passwords, may be loaded into an empty database. */
export function allowsDemoData(config: Config): boolean {
  return !isStrict(config) && (isEmbedded(config) || config.demoMode);
}

function readSettings(input: ConfigInput): Draft {
  const file = readEnvFile(input.envFileText);
  const reasons = [...file.reasons];
  const warnings = warnOfNames(file.values, input.env);
  const given = new Set<string>();
  const values: Record<string, SettingValue> = {};
  const overrides: Readonly<Record<string, SettingValue | undefined>> = input.overrides ?? {};
  for (const setting of settings satisfies readonly Setting[] as readonly Setting[]) {
    const { name, key } = setting;
    const override = overrides[key];
    const text = (input.env[name] ?? file.values[name] ?? '').trim();
    values[key] = defaultOf(setting, values.environment);
    if (override === undefined && text === '') continue;
    given.add(key);
    const parsed = override === undefined ? parseSetting(setting, text, input.cwd) : { value: override };
    if ('value' in parsed) values[key] = parsed.value;
    else reasons.push(`${name} ${parsed.problem}`);
  }
  // Every key of the table has a value of its kind now: parseSetting and the defaults give no other.
  const draft = { values: values as unknown as Config, given, reasons, warnings };
  return { ...draft, values: { ...draft.values, ...computedDefaults(draft, input.cwd) } };
}

function defaultOf(setting: Setting, environment: SettingValue | undefined): SettingValue {
  return setting.defaultIn?.[environment as Environment] ?? setting.default;
}

/** Defaults that follow from other settings (`defaultText` in the table). */
function computedDefaults({ values, given }: Draft, cwd: string): Partial<Config> {
  return {
    dataDir: path.resolve(cwd, values.dataDir),
    ...(!given.has('host') && isEmbedded(values) && { host: '127.0.0.1' }),
    ...(!given.has('publicUrl') && { publicUrl: `http://localhost:${values.port}` }),
    ...(!given.has('logLevel') && values.debug && { logLevel: 'debug' }),
    ...(!given.has('certificateIssuer') && { certificateIssuer: values.projectName }),
  };
}
