import type { Config } from '#platform/config/config.ts';
import type { Logger } from '#platform/log.ts';
import { createAzureStore } from './azure-store.ts';
import type { FileStore } from './file-store.ts';
import { createLocalStore } from './local-store.ts';

/** The store that the settings name. Nothing is connected or made before it is used. */
export function openFileStore(config: Config, log: Logger): FileStore {
  if (config.fileStorageProvider === 'local') return createLocalStore({ folder: config.uploadsDir, log });
  return createAzureStore({
    connectionString: config.azureStorageConnectionString,
    accountUrl: config.azureStorageAccountUrl,
    clientId: config.azureClientId,
    containerName: config.azureStorageContainerName,
    redirectsDownloads: config.azureStorageDownloads === 'redirect',
    log,
  });
}
