import type { ConfigInput } from './draft.ts';
import { readSettings } from './draft.ts';
import { makeSecrets, replaceKeptSecrets, secretsFile } from './kept-secrets.ts';
import { replaceFile } from './replace-file.ts';
import type { Config } from './settings.ts';

export const keyNames = ['SECRET_KEY', 'ENCRYPTION_KEY', 'BACKUP_KEY'] as const;
export type KeyName = (typeof keyNames)[number];

/** Without a name. Not that of backups: whoever has a copy of it must be given the new one. */
export const usualKeyNames = ['SECRET_KEY', 'ENCRYPTION_KEY'] as const satisfies readonly KeyName[];

/**
 * `rotate`: a new key, and the present one as the previous. `prepare`: a new key as the previous, which is accepted and
 * not yet used. `swap`: the two exchanged, which puts a prepared key to use, or goes back.
 */
export const keySteps = ['rotate', 'prepare', 'swap'] as const;
export type KeyStep = (typeof keySteps)[number];

/** `toSet`: names and values for the operator to set. `written`: files that hold the new keys already. */
export type KeyChange = { toSet: [name: string, value: string][]; written: string[] };

/** Why keys cannot be changed, saying what to do. */
export class KeyChangeError extends Error {}

type Keys = { present: string; previous: string | null };
type Place = { file: string; previousFile: string } | 'kept' | 'elsewhere';

/**
 * Changes keys where they stand: in the files that the settings name for them, or in `DATA_DIR/secrets.json`; what stands
 * elsewhere is returned to be set. `config`: what `input` says, checked. Nothing is written where one of them cannot be
 * changed. Throws `KeyChangeError`.
 */
export function changeKeys(
  input: ConfigInput,
  config: Config,
  { names, step }: { names: readonly KeyName[]; step: KeyStep },
): KeyChange {
  const planned = names.map((name) => ({
    name,
    place: placeOf(input, config, name),
    keys: takeStep(name, step, keysIn(config, name), newKey(name)),
  }));
  const change: KeyChange = { toSet: [], written: [] };
  for (const { name, place, keys } of planned) {
    if (place === 'elsewhere')
      change.toSet.push([name, keys.present], [`${name}_PREVIOUS`, keys.previous ?? '']);
    else if (place !== 'kept') change.written.push(...writeFiles(place, keys));
  }
  const kept = planned.filter(({ place }) => place === 'kept');
  if (kept.length > 0)
    change.written.push(writeKept(config, new Map(kept.map(({ name, keys }) => [name, keys]))));
  return change;
}

function takeStep(name: KeyName, step: KeyStep, { present, previous }: Keys, made: string): Keys {
  switch (step) {
    case 'rotate':
      return { present: made, previous: present };
    case 'prepare':
      if (previous === null) return { present, previous: made };
      throw new KeyChangeError(
        `${name}_PREVIOUS is set. If it was prepared, restart every process and go on with "lms secrets swap"; if it is left from a rotation that is over, remove it first.`,
      );
    case 'swap':
      if (previous !== null) return { present: previous, previous: present };
      throw new KeyChangeError(
        `${name}_PREVIOUS is not set, so there is nothing to put in the place of ${name}.`,
      );
  }
}

function newKey(name: KeyName): string {
  const { secretKey, encryptionKey } = makeSecrets();
  return name === 'ENCRYPTION_KEY' ? encryptionKey : secretKey;
}

function keysIn(config: Config, name: KeyName): Keys {
  switch (name) {
    case 'SECRET_KEY':
      return { present: config.secretKey, previous: config.secretKeyPrevious };
    case 'ENCRYPTION_KEY':
      return { present: config.encryptionKey, previous: config.encryptionKeyPrevious };
    case 'BACKUP_KEY':
      if (config.backupKey !== null) return { present: config.backupKey, previous: config.backupKeyPrevious };
      throw new KeyChangeError('BACKUP_KEY is not set, so there is nothing to change.');
  }
}

function placeOf(input: ConfigInput, config: Config, name: KeyName): Place {
  const { given, secretFiles } = readSettings(input);
  const [file, previousFile] = [secretFiles.get(name), secretFiles.get(`${name}_PREVIOUS`)];
  if (file !== undefined && previousFile !== undefined) return { file, previousFile };
  if (file !== undefined || previousFile !== undefined) {
    const [there, missing] = file === undefined ? ['_PREVIOUS_FILE', '_FILE'] : ['_FILE', '_PREVIOUS_FILE'];
    throw new KeyChangeError(
      `${name}${there} is set and ${name}${missing} is not: name a file for both, so that both are changed. That of the previous key may be empty.`,
    );
  }
  if (name === 'BACKUP_KEY' || given.has(name === 'SECRET_KEY' ? 'secretKey' : 'encryptionKey'))
    return 'elsewhere';
  if (config.databaseUrl === null) return 'kept';
  // Derived from SECRET_KEY, it gets a value of its own from now on.
  if (given.has('secretKey')) return 'elsewhere';
  throw new KeyChangeError('SECRET_KEY is not set, and so a new one is made at every start: set one first.');
}

/** The previous key first: should the second writing fail, the key in use is accepted as both, and none is lost. */
function writeFiles({ file, previousFile }: Exclude<Place, string>, { present, previous }: Keys): string[] {
  for (const [target, text] of [
    [previousFile, previous ?? ''],
    [file, present],
  ] as const) {
    write(target, () => replaceFile(target, `${text}\n`));
  }
  return [previousFile, file];
}

function writeKept(config: Config, changed: ReadonlyMap<KeyName, Keys>): string {
  const secret = changed.get('SECRET_KEY') ?? keysIn(config, 'SECRET_KEY');
  const encryption = changed.get('ENCRYPTION_KEY') ?? keysIn(config, 'ENCRYPTION_KEY');
  const file = secretsFile(config.dataDir);
  write(file, () =>
    replaceKeptSecrets(config.dataDir, {
      secretKey: secret.present,
      encryptionKey: encryption.present,
      ...(secret.previous !== null && { secretKeyPrevious: secret.previous }),
      ...(encryption.previous !== null && { encryptionKeyPrevious: encryption.previous }),
    }),
  );
  return file;
}

function write(file: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new KeyChangeError(
      `${file} cannot be replaced (${code}): run this where its folder can be written to. A file that is mounted by itself cannot be replaced; mount its folder.`,
      { cause: error },
    );
  }
}
