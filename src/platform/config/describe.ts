import { inspect } from 'node:util';
import { settings } from './settings.ts';
import type { Setting, SettingValue } from './setting.ts';
import type { Config } from './settings.ts';

/** Every setting in force by its name in the environment, as text; secrets as `set (64 characters)`. */
export function describeConfig(config: Config): Record<string, string> {
  const described: Record<string, string> = {};
  const values: Readonly<Record<string, SettingValue>> = config;
  for (const setting of settings as readonly Setting[]) {
    described[setting.name] = describeValue(setting, values[setting.key] ?? null);
  }
  return described;
}

/** The settings that are no secrets. */
export function describeOpenSettings(config: Config): Record<string, string> {
  const secrets = new Set(
    (settings as readonly Setting[]).filter(({ isSecret }) => isSecret).map(({ name }) => name),
  );
  return Object.fromEntries(Object.entries(describeConfig(config)).filter(([name]) => !secrets.has(name)));
}

/** The same settings, frozen, whose secrets show neither in JSON nor in what `console.log` prints. */
export function hideSecrets(config: Config): Config {
  const hidden = { ...config };
  for (const list of [hidden.corsOrigins, hidden.trustedProxies]) Object.freeze(list);
  const show = () => describeConfig(hidden);
  Object.defineProperty(hidden, 'toJSON', { value: show });
  Object.defineProperty(hidden, inspect.custom, { value: show });
  return Object.freeze(hidden);
}

function describeValue(setting: Setting, value: SettingValue): string {
  if (value === null || value === '') return 'not set';
  if (typeof value === 'object') return value.length === 0 ? 'none' : value.join(', ');
  const text = String(value);
  if (setting.isSecret !== true) return text;
  return setting.kind.endsWith('Url') ? describeAddress(text) : `set (${text.length} characters)`;
}

/** Where it leads, without user, password and parameters, any of which may hold a secret. */
function describeAddress(text: string): string {
  const url = URL.parse(text);
  if (url === null) return `set (${text.length} characters)`;
  return `${url.protocol}//${url.username === '' && url.password === '' ? '' : '***@'}${url.host}${url.pathname}`;
}
