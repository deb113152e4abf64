import path from 'node:path';
import { readEnvFile, warnOfEnvironment, warnOfFile, warnOfNames } from './env-file.ts';
import { readSecretFile, secretFileOf } from './secret-files.ts';
import { envFileName, settings } from './settings.ts';
import type { Setting } from './setting.ts';

/** What the settings are read from. */
export type SettingSources = {
  env: Readonly<Record<string, string | undefined>>;
  /** The text of `.env`, if there is one; `env` wins. */
  envFileText?: string | undefined;
  /** Folder of the project, from which a relative DATA_DIR, or file of a secret, is taken. */
  cwd: string;
  /** What Azure Key Vault holds of the secrets that are set nowhere else, by their names; or why that is not known. */
  vault?: Vault;
};
export type Vault = { values: Readonly<Record<string, string | undefined>> } | { problem: string };

/** A setting's text, or why it is not known; `unset` where no source has it, `unknown` where one did not answer. */
export type Found = { text: string } | { reason: string } | 'unset' | 'unknown';

export type OpenSources = {
  find(setting: Setting): Found;
  /** The files that are named for secrets, absolute, by the names of the settings. */
  secretFiles: ReadonlyMap<string, string>;
  /** What is wrong with the sources themselves. */
  reasons: string[];
  warnings: string[];
};

/** An empty text means "not set"; in the environment it hides the one of `.env`, as Compose's `${NAME}` does. */
export function openSources({ env, envFileText, cwd, vault }: SettingSources): OpenSources {
  const file = readEnvFile(envFileText);
  const set = {
    ...file,
    ...Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
  };
  return {
    find(setting) {
      const { name } = setting;
      const text = (set[name] ?? '').trim();
      const secretFile = secretFileOf(setting, set);
      if (secretFile !== undefined && text !== '')
        return { reason: `${name} and ${name}_FILE are both set: keep one of them` };
      if (secretFile !== undefined) return readFile(setting, secretFile, cwd);
      if (text !== '') return { text };
      return setting.isSecret === true ? askVault(name, vault) : 'unset';
    },
    secretFiles: new Map(
      (settings as readonly Setting[]).flatMap((setting) => {
        const secretFile = secretFileOf(setting, set);
        return secretFile === undefined ? [] : [[setting.name, path.resolve(cwd, secretFile)] as const];
      }),
    ),
    reasons: vault !== undefined && 'problem' in vault ? [`AZURE_KEYVAULT_URL ${vault.problem}`] : [],
    warnings: [
      ...warnOfFile(envFileText, file, env[envFileName] || '.env'),
      ...warnOfEnvironment(env),
      ...warnOfNames(set),
    ],
  };
}

function readFile({ name, isOftenUnset }: Setting, file: string, cwd: string): Found {
  const found = readSecretFile(file, cwd);
  if ('problem' in found) return { reason: `${name}_FILE ${found.problem}` };
  if (found.value !== '') return { text: found.value };
  if (isOftenUnset === true) return 'unset';
  return { reason: `${name}_FILE names ${found.shown}, which is empty: write the secret into it` };
}

function askVault(name: string, vault: Vault | undefined): Found {
  if (vault === undefined) return 'unset';
  if ('problem' in vault) return 'unknown';
  const text = (vault.values[name] ?? '').trim();
  return text === '' ? 'unset' : { text };
}
