import path from 'node:path';
import { parseSetting } from './parse.ts';
import { isStrict, settings } from './settings.ts';
import type { Environment, Setting, SettingValue } from './setting.ts';
import type { Config } from './settings.ts';
import { openSources } from './sources.ts';
import type { Found, SettingSources } from './sources.ts';

export type ConfigInput = SettingSources & {
  /** Values that win over both, for commands and tests; the rules apply to them too. */
  overrides?: Partial<Config>;
};

/** The settings while they are being worked out, with what was found wrong so far. */
export type Draft = {
  values: Config;
  /** Keys that the environment, the file or an override has set, rightly or wrongly. */
  given: ReadonlySet<string>;
  /** The files that are named for secrets, by the names of the settings. */
  secretFiles: ReadonlyMap<string, string>;
  reasons: string[];
  warnings: string[];
};

const table: readonly Setting[] = settings;

/** Reads every setting and fills in the defaults; `secretKey` and `encryptionKey` stay empty where not given. */
export function readSettings(input: ConfigInput): Draft {
  const sources = openSources(input);
  const overrides: Readonly<Record<string, SettingValue | undefined>> = input.overrides ?? {};
  const given = new Map<string, SettingValue | undefined>();
  const reasons = [...sources.reasons];
  for (const setting of table) {
    const override = overrides[setting.key];
    // Null, the default of all that may be null, takes away what the sources say.
    if (override !== undefined && override !== null) given.set(setting.key, override);
    if (override !== undefined) continue;
    const found = sources.find(setting);
    if (found === 'unset') continue;
    const parsed = parseFound(setting, found, input.cwd);
    given.set(setting.key, 'value' in parsed ? parsed.value : undefined);
    if ('reasons' in parsed) reasons.push(...parsed.reasons);
  }
  const environment = given.get('environment') ?? 'development';
  const entries = table.map((row) => [row.key, given.get(row.key) ?? defaultOf(row, environment)] as const);
  // Every key of the table has a value of its kind: parseSetting and the defaults give no other.
  const values = Object.fromEntries(entries) as unknown as Config;
  return {
    values: { ...values, ...computedDefaults(values, new Set(given.keys()), input.cwd) },
    given: new Set(given.keys()),
    secretFiles: sources.secretFiles,
    reasons,
    warnings: sources.warnings,
  };
}

function parseFound(
  setting: Setting,
  found: Exclude<Found, 'unset'>,
  cwd: string,
): { value: SettingValue } | { reasons: string[] } {
  // That it is missing would be a second reason for the same.
  if (found === 'unknown') return { reasons: [] };
  if ('reason' in found) return { reasons: [found.reason] };
  const parsed = parseSetting(setting, found.text, cwd);
  return 'value' in parsed ? parsed : { reasons: [`${setting.name} ${parsed.problem}`] };
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
