import { readFile } from 'node:fs/promises';

type Manifest = {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
};
type Lock = {
  packages: Record<string, { version?: string; resolved?: string; integrity?: string; link?: boolean }>;
};

/** package.json names exact versions, and package-lock.json the same ones, with digests and without addresses. */
export async function checkManifest(): Promise<string> {
  const manifest = JSON.parse(await readFile('package.json', 'utf8')) as Manifest;
  const lock = JSON.parse(await readFile('package-lock.json', 'utf8')) as Lock;
  const wrong = [...inexactVersions(manifest), ...wrongLocks(manifest, lock)];
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return `${Object.keys(lock.packages).length} packages`;
}

/** Versions that are not exactly one: ranges, tags, addresses. An alias (`npm:name@1.2.3`) is exact. */
export function inexactVersions(manifest: Manifest): string[] {
  return Object.entries(wanted(manifest))
    .filter(([, version]) => !/^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(version))
    .map(([name, version]) => `package.json: ${name} "${version}" is not an exact version`);
}

export function wrongLocks(manifest: Manifest, lock: Lock): string[] {
  const different = Object.entries(wanted(manifest))
    .filter(
      ([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version.replace(/^npm:.+@/, ''),
    )
    .map(([name]) => `package-lock.json: ${name} has another version than in package.json`);
  const entries = Object.entries(lock.packages).filter(([name]) => name !== '');
  const addressed = entries
    .filter(([, entry]) => entry.resolved !== undefined)
    .map(([name]) => `package-lock.json: ${name} has an address in "resolved"`);
  const undigested = entries
    .filter(([, entry]) => entry.integrity === undefined && entry.link !== true)
    .map(([name]) => `package-lock.json: ${name} has no digest`);
  return [...different, ...addressed, ...undigested];
}

function wanted(manifest: Manifest): Record<string, string> {
  return { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
}
