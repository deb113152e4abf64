import type { Draft } from './draft.ts';
import { findConnectionProblem, findKeyWeakness, isRepetitive } from './keys.ts';
import { isLoopback } from './loopback.ts';
import { checkBackups } from './backup-rules.ts';
import { checkMail } from './mail-rules.ts';
import { isStrict, settings } from './settings.ts';
import type { Setting } from './setting.ts';
import { checkStrict } from './strict-rules.ts';

/**
 * Holds the settings against each other and against what the environment demands. Adds to the draft's reasons and
 * warnings.
 */
export function checkRules(draft: Draft): void {
  checkRequired(draft);
  checkKeys(draft);
  checkFiles(draft);
  if (draft.values.azureKeyvaultUrl?.startsWith('http:') === true)
    draft.reasons.push('AZURE_KEYVAULT_URL must begin with https://, since secrets come from there');
  if (draft.values.databaseOwnerUrl !== null && !draft.given.has('databaseUrl'))
    draft.reasons.push(
      'DATABASE_OWNER_URL is set, but not DATABASE_URL: set it to the account by which the program serves',
    );
  checkMail(draft);
  checkBackups(draft);
  if (isStrict(draft.values.environment)) checkStrict(draft);
  else warnOfOpenDemo(draft);
}

function checkRequired({ values, given, reasons }: Draft): void {
  for (const { name, key, requiredIn, hint } of settings as readonly Setting[]) {
    if (requiredIn?.includes(values.environment) !== true || given.has(key)) continue;
    reasons.push(`${name} is missing, and ${values.environment} needs it: set it to ${hint}`);
  }
}

function checkKeys({ values, warnings, reasons }: Draft): void {
  const complaints = isStrict(values.environment) ? reasons : warnings;
  const signing = { SECRET_KEY: values.secretKey, SECRET_KEY_PREVIOUS: values.secretKeyPrevious };
  for (const [name, key] of Object.entries(signing)) {
    const weakness = key === null || key === '' ? undefined : findKeyWeakness(key);
    if (weakness === undefined) continue;
    complaints.push(
      `${name} ${weakness}, so others could make valid tokens: set at least 32 random characters, such as \`openssl rand -base64 48\` prints`,
    );
  }
  const bytes = Buffer.from(values.encryptionKey, 'base64').toString('latin1');
  if (bytes !== '' && isRepetitive(bytes)) {
    complaints.push(
      'ENCRYPTION_KEY is made of few or repeated bytes: set it to what `openssl rand -base64 32` prints',
    );
  }
}

function checkFiles({ values, given, reasons, warnings }: Draft): void {
  const { fileStorageProvider, azureStorageConnectionString: connection, azureStorageAccountUrl } = values;
  if (fileStorageProvider === 'local') {
    if (connection !== null || azureStorageAccountUrl !== null)
      warnings.push('FILE_STORAGE_PROVIDER is local: files are kept in UPLOADS_DIR, and not in Azure');
    return;
  }
  const problem = connection === null ? undefined : findConnectionProblem(connection);
  if (problem !== undefined) {
    reasons.push(
      `AZURE_STORAGE_CONNECTION_STRING ${problem}: set the one that the Azure portal shows under "Access keys" of the storage account, or AZURE_STORAGE_ACCOUNT_URL in its place`,
    );
  } else if (connection !== null && azureStorageAccountUrl !== null) {
    warnings.push(
      'AZURE_STORAGE_ACCOUNT_URL does nothing beside AZURE_STORAGE_CONNECTION_STRING: remove one',
    );
  } else if (!given.has('azureStorageConnectionString') && !given.has('azureStorageAccountUrl')) {
    reasons.push(
      'FILE_STORAGE_PROVIDER is azure, which needs AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT_URL for a managed identity',
    );
  }
}

function warnOfOpenDemo({ values, warnings }: Draft): void {
  const hasDemoData = values.demoMode ?? values.databaseUrl === null;
  if (!hasDemoData || isLoopback(values.host)) return;
  warnings.push(
    `HOST is ${values.host}: whoever reaches this machine can sign in to the demo accounts with their known passwords`,
  );
}
