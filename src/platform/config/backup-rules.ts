import type { Draft } from './draft.ts';
import { findConnectionProblem, findKeyWeakness } from './keys.ts';
import { isStrict } from './settings.ts';

/** Holds the settings of backups against each other. */
export function checkBackups({ values, given, reasons, warnings }: Draft): void {
  const { backupDir, backupAzureContainerName: container, backupKey } = values;
  const hasPlace = backupDir !== null || container !== null;
  if (backupDir !== null && container !== null)
    reasons.push('BACKUP_DIR and BACKUP_AZURE_CONTAINER_NAME name two places for backups: remove one');
  // One that is given wrongly has its own reason.
  if (hasPlace && backupKey === null && !given.has('backupKey')) {
    reasons.push(
      'BACKUP_KEY is missing, and backups need it: set it to what `openssl rand -base64 48` prints, and keep a copy elsewhere',
    );
  }
  if (!hasPlace && backupKey !== null)
    warnings.push(
      'BACKUP_KEY is set, but neither BACKUP_DIR nor BACKUP_AZURE_CONTAINER_NAME: no backups are made',
    );
  if (!hasPlace && values.environment === 'production')
    warnings.push('Neither BACKUP_DIR nor BACKUP_AZURE_CONTAINER_NAME is set: no backups are made');
  checkKey({ BACKUP_KEY: backupKey, BACKUP_KEY_PREVIOUS: values.backupKeyPrevious }, (complaint) => {
    (isStrict(values.environment) ? reasons : warnings).push(complaint);
  });
  if (container !== null) checkAccount(values, reasons);
}

function checkKey(keys: Record<string, string | null>, complain: (complaint: string) => void): void {
  for (const [name, key] of Object.entries(keys)) {
    const weakness = key === null ? undefined : findKeyWeakness(key);
    if (weakness === undefined) continue;
    complain(
      `${name} ${weakness}, so others could open a backup that they got hold of: set at least 32 random characters, such as \`openssl rand -base64 48\` prints`,
    );
  }
}

function checkAccount(values: Draft['values'], reasons: string[]): void {
  const own = values.backupAzureStorageConnectionString;
  const problem = own === null ? undefined : findConnectionProblem(own);
  if (problem !== undefined) reasons.push(`BACKUP_AZURE_STORAGE_CONNECTION_STRING ${problem}`);
  const accounts = [
    own,
    values.backupAzureStorageAccountUrl,
    values.azureStorageConnectionString,
    values.azureStorageAccountUrl,
  ];
  if (accounts.some((account) => account !== null)) return;
  reasons.push(
    'BACKUP_AZURE_CONTAINER_NAME needs a storage account: set BACKUP_AZURE_STORAGE_CONNECTION_STRING or BACKUP_AZURE_STORAGE_ACCOUNT_URL',
  );
}
