import type { Draft } from './draft.ts';
import { keepSecrets, KeptSecretsError, makeSecrets, readKeptSecrets } from './kept-secrets.ts';
import type { KeptSecrets } from './kept-secrets.ts';
import { deriveEncryptionKey } from './keys.ts';
import type { Config } from './settings.ts';

/**
 * Fills in the keys that nobody set. The embedded default makes them once and keeps them; with a database of its
 * own the program takes what lasts until it stops, and says so. Adds to the draft's reasons and warnings.
 */
export function completeKeys(draft: Draft, mayWrite: boolean): Config {
  const { values, given, reasons } = draft;
  // Nothing is written for a program that will not start.
  if (reasons.length > 0 || (given.has('secretKey') && given.has('encryptionKey'))) return values;
  if (values.databaseUrl !== null) return fillPassing(draft);
  try {
    return fillKept(draft, mayWrite);
  } catch (error) {
    if (!(error instanceof KeptSecretsError)) throw error;
    reasons.push(error.message);
    return values;
  }
}

function fillKept({ values, given }: Draft, mayWrite: boolean): Config {
  const { dataDir } = values;
  const kept: KeptSecrets = mayWrite
    ? keepSecrets(dataDir)
    : (readKeptSecrets(dataDir) ?? { secretKey: '', encryptionKey: '' });
  return {
    ...values,
    ...(!given.has('secretKey') && {
      secretKey: kept.secretKey,
      secretKeyPrevious: values.secretKeyPrevious ?? kept.secretKeyPrevious ?? null,
    }),
    ...(!given.has('encryptionKey') && {
      encryptionKey: kept.encryptionKey,
      encryptionKeyPrevious: values.encryptionKeyPrevious ?? kept.encryptionKeyPrevious ?? null,
    }),
  };
}

function fillPassing({ values, given, warnings }: Draft): Config {
  const secretKey = given.has('secretKey') ? values.secretKey : makeSecrets().secretKey;
  if (!given.has('secretKey')) {
    warnings.push(
      'SECRET_KEY is not set: a new one is made at every start, so tokens do not survive a restart and other processes do not accept them',
    );
  }
  if (given.has('encryptionKey')) return { ...values, secretKey };
  warnings.push(
    given.has('secretKey')
      ? 'ENCRYPTION_KEY is not set: it is derived from SECRET_KEY, so that the two change together'
      : 'ENCRYPTION_KEY is not set either: what is encrypted in the database cannot be read after a restart',
  );
  // While SECRET_KEY is rotated, the key derived from it rotates with it.
  const { secretKeyPrevious } = values;
  const previous = secretKeyPrevious === null ? null : deriveEncryptionKey(secretKeyPrevious);
  return {
    ...values,
    secretKey,
    encryptionKey: deriveEncryptionKey(secretKey),
    encryptionKeyPrevious: values.encryptionKeyPrevious ?? previous,
  };
}
