import path from 'node:path';
import { readEnvFile, warnOfFile, warnOfNames } from './env-file.ts';
import { parseSetting } from './parse.ts';
import { readSecretFile, secretFileOf } from './secret-files.ts';
import { isStrict, settings } from './settings.ts';
import type { Config, Environment, Setting, SettingValue } from './settings.ts';

export type ConfigInput = {
  env: Readonly<Record<string, string | undefined>>;
  /** The text of `.env`, if there is one; `env` wins. */
  envFileText?: string | undefined;
  /** Folder of the project, from which a relative DATA_DIR is taken. */
  cwd: string;
  /** Values that win over both, for commands and tests; the rules apply to them too. */
  overrides?: Partial<Config>;
};

/** The settings while they are being worked out, with what was found wrong so far. */
export type Draft = {
  values: Config;
  /** Keys that the environment, the file or an override has set, rightly or wrongly. */
  given: ReadonlySet<string>;
  /** The files that secrets were read from, by the names of the settings. */
  secretFiles: ReadonlyMap<string, string>;
  reasons: string[];
  warnings: string[];
};

const table: readonly Setting[] = settings;

/** Reads every setting and fills in the defaults; `secretKey` and `encryptionKey` stay empty where not given. */
export function readSettings(input: ConfigInput): Draft {
  const file = readEnvFile(input.envFileText);
  const overrides: Readonly<Record<string, SettingValue | undefined>> = input.overrides ?? {};
  const given = new Map<string, SettingValue | undefined>();
  const reasons: string[] = [];
  const secretFiles = new Map<string, string>();
  // In the environment an empty value hides the one of the file, as Compose's `${NAME}` does.
  const set = { ...file, ...definedOf(input.env) };
  for (const setting of table) {
    const override = overrides[setting.key];
    // Null, the default of all that may be null, takes away what the environment and the file say.
    if (override !== undefined && override !== null) given.set(setting.key, override);
    if (override !== undefined) continue;
    const secretFile = secretFileOf(setting, set, input.cwd);
    if (secretFile !== undefined) secretFiles.set(setting.name, secretFile);
    const found = readText(setting, set[setting.name], secretFile, input.cwd);
    // An empty value means "not set".
    if ('value' in found && found.value === '') continue;
    const parsed = 'value' in found ? parseSetting(setting, found.value, input.cwd) : found;
    given.set(setting.key, 'value' in parsed ? parsed.value : undefined);
    if ('problem' in parsed) reasons.push(`${setting.name} ${parsed.problem}`);
    if ('reason' in parsed) reasons.push(parsed.reason);
  }
  const environment = given.get('environment') ?? 'development';
  const entries = table.map((row) => [row.key, given.get(row.key) ?? defaultOf(row, environment)] as const);
  // Every key of the table has a value of its kind: parseSetting and the defaults give no other.
  const values = Object.fromEntries(entries) as unknown as Config;
  return {
    values: { ...values, ...computedDefaults(values, new Set(given.keys()), input.cwd) },
    given: new Set(given.keys()),
    secretFiles,
    reasons,
    warnings: [...warnOfFile(input.envFileText, file), ...warnOfNames(set)],
  };
}

/** What a setting is set to, by itself or by its file, or why that is not known; empty where by neither. */
function readText(
  { name }: Setting,
  text = '',
  secretFile: string | undefined,
  cwd: string,
): { value: string } | { reason: string } {
  if (secretFile === undefined) return { value: text.trim() };
  if (text.trim() !== '') return { reason: `${name} and ${name}_FILE are both set: keep one of them` };
  const found = readSecretFile(secretFile, cwd);
  return 'value' in found ? { value: found.value.trim() } : { reason: `${name}_FILE ${found.problem}` };
}

function definedOf(env: ConfigInput['env']): ConfigInput['env'] {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

function defaultOf(setting: Setting, environment: SettingValue): SettingValue {
  return setting.defaultIn?.[environment as Environment] ?? setting.default;
}

/** Defaults that follow from other settings (`defaultText` in the table). */
function computedDefaults(values: Config, given: ReadonlySet<string>, cwd: string): Partial<Config> {
  const dataDir = path.resolve(cwd, values.dataDir);
  return {
    dataDir,
    ...(!given.has('uploadsDir') && { uploadsDir: path.join(dataDir, 'uploads') }),
    ...(!given.has('host') && values.databaseUrl === null && { host: '127.0.0.1' }),
    ...(!given.has('publicUrl') &&
      !isStrict(values.environment) && { publicUrl: `http://localhost:${values.port}` }),
    ...(!given.has('logLevel') && values.debug && { logLevel: 'debug' }),
    ...mailDefaults(values, given),
    ...(!given.has('certificateIssuer') && { certificateIssuer: values.projectName }),
  };
}

function mailDefaults(values: Config, given: ReadonlySet<string>): Partial<Config> {
  const host = URL.parse(values.publicUrl)?.hostname ?? 'localhost';
  const usesStartTls = isStrict(values.environment) && !values.smtpUseSsl;
  return {
    ...(!given.has('smtpPort') && values.smtpUseSsl && { smtpPort: 465 }),
    ...(!given.has('smtpUseTls') && { smtpUseTls: usesStartTls }),
    ...(!given.has('emailFrom') && {
      emailFrom: `${values.projectName.replaceAll(/["<>]/g, '')} <no-reply@${host}>`,
    }),
  };
}
