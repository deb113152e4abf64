import type { Config } from '#platform/config/config.ts';
import type { Logger } from '#platform/log.ts';
import { createAzureTarget } from './azure-target.ts';
import { BackupError } from './backup-error.ts';
import { createFolderTarget } from './folder-target.ts';
import type { BackupTarget } from './target.ts';

type BackupSettings = Pick<Config, 'backupDir' | 'backupAzureContainerName' | 'backupKey'>;

/** Whether backups are made: there is a place for them and a key. */
export function hasBackups(config: BackupSettings): boolean {
  return config.backupKey !== null && (config.backupDir !== null || config.backupAzureContainerName !== null);
}

/** Where the settings have backups kept, and the keys that open them, the present one first. Throws `BackupError`. */
export function openBackups(
  config: Config,
  log: Logger,
): { target: BackupTarget; keys: [string, ...string[]] } {
  return { target: openTarget(config, log), keys: backupKeys(config) };
}

/** The keys that open archives, the present one first. Throws `BackupError` where there is none. */
export function backupKeys({ backupKey, backupKeyPrevious }: Config): [string, ...string[]] {
  if (backupKey === null)
    throw new BackupError('BACKUP_KEY is not set: it encrypts and opens the archives of backups.');
  return [backupKey, ...(backupKeyPrevious === null ? [] : [backupKeyPrevious])];
}

export function openTarget(config: Config, log: Logger): BackupTarget {
  if (config.backupDir !== null) return createFolderTarget(config.backupDir);
  if (config.backupAzureContainerName === null)
    throw new BackupError(
      'Nothing says where backups are kept: set BACKUP_DIR or BACKUP_AZURE_CONTAINER_NAME.',
    );
  const isOwnAccount =
    config.backupAzureStorageConnectionString !== null || config.backupAzureStorageAccountUrl !== null;
  return createAzureTarget({
    connectionString: isOwnAccount
      ? config.backupAzureStorageConnectionString
      : config.azureStorageConnectionString,
    accountUrl: isOwnAccount ? config.backupAzureStorageAccountUrl : config.azureStorageAccountUrl,
    clientId: config.azureClientId,
    containerName: config.backupAzureContainerName,
    log,
  });
}
