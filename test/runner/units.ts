import { globSync } from 'node:fs';
import path from 'node:path';

/** Files whose tests share a process. */
export type Unit = readonly string[];

// Half of what a file of tests costs is its process: to load the system, and to run it while nothing of it is optimised.
const mostFiles = 10;

/**
 * Splits the files of a run. Those of a feature share processes, for they work through a server and a database of their
 * own; all others, which look at their own process or at others, have one each. Those that take longest begin: they start
 * programs.
 */
export function unitsOf(patterns: readonly string[], cwd: string): Unit[] {
  const files = globSync(patterns, { cwd }).toSorted();
  const features = Map.groupBy(files, (file) => /^src\/features\/[^/]+\//.exec(file)?.[0]);
  const alone = (features.get(undefined) ?? []).map((file) => [file]);
  features.delete(undefined);
  const isLong = ([file]: Unit) => file?.startsWith(`test${path.sep}`) === true;
  return [
    ...alone.filter(isLong),
    ...[...features.values()].flatMap(inParts),
    ...alone.filter((unit) => !isLong(unit)),
  ];
}

/** As equal as may be. */
function inParts(files: readonly string[]): Unit[] {
  const count = Math.ceil(files.length / mostFiles);
  return Array.from({ length: count }, (_, part) => files.filter((_file, at) => at % count === part));
}
