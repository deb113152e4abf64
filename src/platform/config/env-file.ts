import { parseEnv } from 'node:util';
import { findNearest } from './nearest.ts';
import { envFileName, foreignNames, obsoleteNames, settings, unusedNames } from './settings.ts';

type EnvFile = { values: Readonly<Record<string, string | undefined>>; reasons: string[] };

const known: readonly string[] = settings.map(({ name }) => name);

/** The names and values of a `.env`. */
export function readEnvFile(text: string | undefined): EnvFile {
  if (text === undefined) return { values: {}, reasons: [] };
  // Editors on Windows put a byte order mark first, which would become part of the first name.
  return { values: parseEnv(text.replace(/^\uFEFF/, '')), reasons: [] };
}

/** A line for each name that does nothing: unknown ones of the file, obsolete and unused ones of both. */
export function warnOfNames(
  file: EnvFile['values'],
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const warnings: string[] = [];
  for (const [name, instead] of Object.entries(obsoleteNames)) {
    if (env[name] ?? file[name]) warnings.push(`${name} is obsolete and does nothing: ${instead}; remove it`);
  }
  for (const name of unusedNames) {
    if (env[name] ?? file[name]) warnings.push(`${name} is not used by this version`);
  }
  const fine = new Set([...known, ...Object.keys(obsoleteNames), ...unusedNames, ...foreignNames]);
  for (const name of Object.keys(file)) {
    if (name === envFileName) warnings.push(`${envFileName} in .env does nothing: set it in the environment`);
    else if (!fine.has(name)) warnings.push(describeUnknown(name));
  }
  return warnings;
}

function describeUnknown(name: string): string {
  const nearest = findNearest(name, known);
  if (nearest !== undefined) return `.env has ${name}, which is not a setting: did you mean ${nearest}?`;
  // What does not look like a name may be a piece of a secret that was broken over lines.
  const shown = /^[A-Z][A-Z0-9_]{0,60}$/.test(name) ? name : 'a name (not shown)';
  return `.env has ${shown}, which is not a setting: docs/settings.md lists them`;
}
