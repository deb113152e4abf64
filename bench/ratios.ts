import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Measured } from './requests.ts';

const file = path.join(import.meta.dirname, 'ratios.json');
// Below this share of the committed ratio a case has become slower.
const allowed = 0.8;

/** Names of the cases whose ratio fell below what is committed, and how far. */
export function findSlower(
  measured: readonly Measured[],
): { name: string; ratio: number; committed: number }[] {
  const ratios = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
  return measured.flatMap(({ name, ratio }) => {
    const committed = ratios[name];
    if (committed === undefined)
      throw new Error(
        `bench/ratios.json has no ratio of "${name}": write them by "npm run bench -- --write".`,
      );
    return ratio < committed * allowed ? [{ name, ratio, committed }] : [];
  });
}

export function writeRatios(measured: readonly Measured[]): void {
  const ratios = Object.fromEntries(measured.map(({ name, ratio }) => [name, Number(ratio.toFixed(2))]));
  writeFileSync(file, `${JSON.stringify(ratios, null, 2)}\n`);
}
