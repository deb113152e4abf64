import path from 'node:path';
import { readEnvFile, warnOfEnvironment, warnOfFile, warnOfNames } from './env-file.ts';
import { parseSetting } from './parse.ts';
import { envFileName, isStrict, settings } from './settings.ts';
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
  for (const setting of table) {
    const override = overrides[setting.key];
    // An empty value means "not set"; in the environment it hides the one of the file, as Compose's `${NAME}` does.
    const text = (input.env[setting.name] ?? file[setting.name] ?? '').trim();
    // Null, the default of all that may be null, takes away what the environment and the file say.
    if (override !== undefined && override !== null) given.set(setting.key, override);
    if (override !== undefined || text === '') continue;
    const parsed = parseSetting(setting, text, input.cwd);
    given.set(setting.key, 'value' in parsed ? parsed.value : undefined);
    if ('problem' in parsed) reasons.push(`${setting.name} ${parsed.problem}`);
  }
  const environment = given.get('environment') ?? 'development';
  const entries = table.map((row) => [row.key, given.get(row.key) ?? defaultOf(row, environment)] as const);
  // Every key of the table has a value of its kind: parseSetting and the defaults give no other.
  const values = Object.fromEntries(entries) as unknown as Config;
  return {
    values: { ...values, ...computedDefaults(values, new Set(given.keys()), input.cwd) },
    given: new Set(given.keys()),
    reasons,
    warnings: [
      ...warnOfFile(input.envFileText, file, input.env[envFileName] || '.env'),
      ...warnOfEnvironment(input.env),
      ...warnOfNames({ ...file, ...input.env }),
    ],
  };
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
    ...(!given.has('demoMode') && { demoMode: values.databaseUrl === null && !isStrict(values.environment) }),
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
