import type { Draft } from './config.ts';
import { deriveEncryptionKey } from './keys.ts';
import { keepSecrets, KeptSecretsError, makeSecrets, readKeptSecrets } from './kept-secrets.ts';
import type { KeptSecrets } from './kept-secrets.ts';
import type { Config } from './settings.ts';

/**
 * Fills in the keys that nobody set. The embedded default makes them once and keeps them; with a database of its
 * own the program takes what lasts until it stops, and says so. Adds to the draft's reasons and warnings.
 */
export function completeKeys(draft: Draft, mayKeepSecrets: boolean): Config {
  const { values, given, reasons } = draft;
  if (reasons.length > 0 || (given.has('secretKey') && given.has('encryptionKey'))) return values;
  try {
    return values.databaseUrl === null ? fillKept(draft, mayKeepSecrets) : fillPassing(draft);
  } catch (error) {
    if (!(error instanceof KeptSecretsError)) throw error;
    reasons.push(error.message);
    return values;
  }
}

function fillKept({ values, given }: Draft, mayKeepSecrets: boolean): Config {
  const kept: KeptSecrets = mayKeepSecrets
    ? keepSecrets(values.dataDir)
    : (readKeptSecrets(values.dataDir) ?? makeSecrets());
  return {
    ...values,
    secretKey: given.has('secretKey') ? values.secretKey : kept.secretKey,
    encryptionKey: given.has('encryptionKey') ? values.encryptionKey : kept.encryptionKey,
  };
}

function fillPassing({ values, given, warnings }: Draft): Config {
  const { secretKey, secretKeyPrevious, encryptionKeyPrevious } = values;
  if (!given.has('secretKey')) {
    warnings.push(
      'SECRET_KEY is not set: a new one is made at every start, so nobody stays signed in over a restart',
    );
    const made = makeSecrets().secretKey;
    if (given.has('encryptionKey')) return { ...values, secretKey: made };
    warnings.push(
      'ENCRYPTION_KEY is not set: what is encrypted in the database cannot be read after a restart',
    );
    return { ...values, secretKey: made, encryptionKey: deriveEncryptionKey(made) };
  }
  warnings.push(
    'ENCRYPTION_KEY is not set: it is derived from SECRET_KEY, so that the two can only change together',
  );
  // While SECRET_KEY is rotated, the derived key rotates with it.
  const previous = secretKeyPrevious === null ? null : deriveEncryptionKey(secretKeyPrevious);
  return {
    ...values,
    encryptionKey: deriveEncryptionKey(secretKey),
    encryptionKeyPrevious: encryptionKeyPrevious ?? previous,
  };
}
