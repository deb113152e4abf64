import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { settings } from './settings.ts';
import type { Setting } from './setting.ts';

type Values = Readonly<Record<string, string | undefined>>;

const suffix = '_FILE';
const longestBytes = 65_536;

/** Every secret by its name, and the name of the setting that names a file with it. */
export const secretFileNames: ReadonlyMap<string, string> = new Map(
  (settings as readonly Setting[])
    .filter(({ isSecret }) => isSecret === true)
    .map(({ name }) => [name, `${name}${suffix}`]),
);

/** The file that holds a setting's value, as it is named; undefined where none is named, or it is no secret. */
export function secretFileOf(setting: Setting, values: Values): string | undefined {
  const name = secretFileNames.get(setting.name);
  const named = name === undefined ? '' : (values[name] ?? '').trim();
  return named === '' ? undefined : named;
}

/**
 * The text in the file of a secret, perhaps empty, and the path as it may be shown; or what is wrong with the file, never
 * a part of its text. Line breaks at its end, which editors and `echo` put there, are no part of the secret.
 */
export function readSecretFile(
  named: string,
  cwd: string,
): { value: string; shown: string } | { problem: string } {
  const file = path.resolve(cwd, named);
  const shown = showFile(named, file);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return { problem: `names ${shown}, which ${explain(error)}` };
  }
  if (bytes.length > longestBytes) return { problem: `names ${shown}, which is larger than a secret can be` };
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const value = text.replace(/[\r\n]+$/, '').trim();
  if (/\p{Cc}/u.test(value)) {
    return { problem: `names ${shown}, which holds more than one line: it may hold the secret alone` };
  }
  return { value, shown };
}

/** The path, unless it may be the secret itself, put there by mistake. */
function showFile(named: string, file: string): string {
  const folder = path.dirname(file);
  const isPath = existsSync(file) || (named.includes('/') && folder !== '/' && existsSync(folder));
  return isPath ? file : 'a file (not shown)';
}

function explain(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return `does not exist (${code}): mount it, or correct the path`;
  if (code === 'EISDIR') return `is a folder (${code}): name a file`;
  return `cannot be read (${code}): let this user read it`;
}
