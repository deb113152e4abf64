import { parseEnv } from 'node:util';
import { editDistance, findNearest } from './nearest.ts';
import { secretFileNames } from './secret-files.ts';
import { envFileName, foreignNames, obsoleteNames, settings } from './settings.ts';

type Values = Readonly<Record<string, string | undefined>>;

const known: readonly string[] = [...settings.map(({ name }) => name), ...secretFileNames.values()];

/** The names and values of a `.env`. */
export function readEnvFile(text: string | undefined): Values {
  // Editors on Windows put a byte order mark first, which would become part of the first name.
  return parseEnv((text ?? '').replace(/^\uFEFF/, ''));
}

/** A line for each name in the file that is no setting, and for each line that is no name and value. `file`: how it is called. */
export function warnOfFile(text: string | undefined, values: Values, file: string): string[] {
  const fine = new Set([...known, ...Object.keys(obsoleteNames), ...foreignNames]);
  const unknown = Object.keys(values).filter((name) => !fine.has(name));
  return [
    ...unknown.map((name) => describeUnknown(name, file)),
    ...findBrokenLines(text ?? '').map((line) => `${file} line ${line} is not NAME=VALUE and is passed over`),
  ];
}

/** A line for each name that is set, in the file or in the environment, and does nothing. */
export function warnOfNames(values: Values): string[] {
  return Object.entries(obsoleteNames)
    .filter(([name]) => values[name] !== undefined)
    .map(([name, instead]) => `${name} is obsolete and does nothing (${instead}): remove it`);
}

/**
 * A line for each name in the environment that is nearly a setting. The environment is full of names of other programs, so
 * it must begin as that setting does, with two letters wrong at most; what is known to be another's is left alone.
 */
export function warnOfEnvironment(values: Values): string[] {
  const fine = new Set([...known, ...Object.keys(obsoleteNames), ...foreignNames, envFileName]);
  return Object.keys(values).flatMap((name) => {
    if (fine.has(name) || values[name] === undefined || !/^[A-Z][A-Z0-9_]{4,60}$/.test(name)) return [];
    const prefix = /^[A-Z]+_/.exec(name)?.[0] ?? '';
    const nearest =
      prefix === ''
        ? undefined
        : findNearest(
            name,
            known.filter((each) => each.startsWith(prefix)),
          );
    if (nearest === undefined || editDistance(name, nearest) > (nearest.length < 12 ? 1 : 2)) return [];
    return [`${name} is set in the environment and is not a setting: did you mean ${nearest}?`];
  });
}

function describeUnknown(name: string, file: string): string {
  if (name === envFileName) return `${file} has ${envFileName}, which counts in the environment only`;
  const nearest = findNearest(name, known);
  // What does not look like a name may be a piece of a secret that was broken over lines.
  const isName = name.toUpperCase() === nearest || /^([A-Z][A-Z0-9_]{0,60}|[a-z][a-z0-9_]{0,60})$/.test(name);
  const question = nearest === undefined ? 'docs/settings.md lists them' : `did you mean ${nearest}?`;
  return `${file} has ${isName ? name : 'a name (not shown)'}, which is not a setting: ${question}`;
}

/** Node's parser passes over a line without `=` in silence. */
function findBrokenLines(text: string): number[] {
  const withoutQuotes = text.replaceAll(
    /=[ \t]*(["'`])[\s\S]*?\1/g,
    (quoted) => `=${quoted.replaceAll(/[^\n]/g, '')}`,
  );
  const lines = withoutQuotes.split('\n').map((line) => line.trim());
  return lines.flatMap((line, index) =>
    line === '' || line.startsWith('#') || /^[^=]+=/.test(line) ? [] : [index + 1],
  );
}
