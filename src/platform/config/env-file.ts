import { parseEnv } from 'node:util';
import { findNearest } from './nearest.ts';
import { secretFileNames } from './secret-files.ts';
import { envFileName, foreignNames, obsoleteNames, settings } from './settings.ts';

type Values = Readonly<Record<string, string | undefined>>;

const known: readonly string[] = [...settings.map(({ name }) => name), ...secretFileNames.values()];

/** The names and values of a `.env`. */
export function readEnvFile(text: string | undefined): Values {
  // Editors on Windows put a byte order mark first, which would become part of the first name.
  return parseEnv((text ?? '').replace(/^\uFEFF/, ''));
}

/** A line for each name in the file that is no setting, and for each line that is no name and value. */
export function warnOfFile(text: string | undefined, values: Values): string[] {
  const fine = new Set([...known, ...Object.keys(obsoleteNames), ...foreignNames]);
  const unknown = Object.keys(values).filter((name) => !fine.has(name));
  return [...unknown.map(describeUnknown), ...findBrokenLines(text ?? '')];
}

/** A line for each name that is set, in the file or in the environment, and does nothing. */
export function warnOfNames(values: Values): string[] {
  return Object.entries(obsoleteNames)
    .filter(([name]) => values[name] !== undefined)
    .map(([name, instead]) => `${name} is obsolete and does nothing (${instead}): remove it`);
}

function describeUnknown(name: string): string {
  if (name === envFileName) return `.env has ${envFileName}, which counts in the environment only`;
  const nearest = findNearest(name, known);
  // What does not look like a name may be a piece of a secret that was broken over lines.
  const isName = name.toUpperCase() === nearest || /^([A-Z][A-Z0-9_]{0,60}|[a-z][a-z0-9_]{0,60})$/.test(name);
  const question = nearest === undefined ? 'docs/settings.md lists them' : `did you mean ${nearest}?`;
  return `.env has ${isName ? name : 'a name (not shown)'}, which is not a setting: ${question}`;
}

/** Node's parser passes over a line without `=` in silence. */
function findBrokenLines(text: string): string[] {
  const withoutQuotes = text.replaceAll(
    /=[ \t]*(["'`])[\s\S]*?\1/g,
    (quoted) => `=${quoted.replaceAll(/[^\n]/g, '')}`,
  );
  const lines = withoutQuotes.split('\n').map((line) => line.trim());
  return lines.flatMap((line, index) =>
    line === '' || line.startsWith('#') || /^[^=]+=/.test(line)
      ? []
      : [`.env line ${index + 1} is not NAME=VALUE and is passed over`],
  );
}
