import { FileMissingError } from '#platform/files/file-store.ts';
import { createAzureStore, type AzureStoreOptions } from '#platform/files/azure-store.ts';
import { BackupError } from './backup-error.ts';
import { backupsOf, type BackupTarget } from './target.ts';

const prefix = 'backups/';
// 50,000 blocks are allowed: 1.5 TiB an archive. Two are held at a time.
const blockBytes = 32 * 1024 * 1024;

/** Backups as blobs `backups/NAME` of a container. A blob appears when the last of its blocks is there, and not before. */
export function createAzureTarget(
  options: Pick<AzureStoreOptions, 'connectionString' | 'accountUrl' | 'clientId' | 'containerName' | 'log'>,
): BackupTarget {
  const store = createAzureStore({ ...options, redirectsDownloads: false, blockBytes });
  return {
    place: `the container ${options.containerName}`,
    async put(name, source, signal) {
      try {
        if ((await store.find(prefix + name)) !== undefined)
          throw new BackupError(`There is a backup ${name} already.`);
        const stored = await store.put(prefix + name, source, {
          contentType: 'application/octet-stream',
          signal,
        });
        return stored.sizeBytes;
      } finally {
        source.destroy();
      }
    },
    async read(name) {
      try {
        return await store.read(prefix + name);
      } catch (error) {
        if (error instanceof FileMissingError)
          throw new BackupError(`There is no backup ${name} in the container ${options.containerName}.`);
        throw error;
      }
    },
    async list() {
      const files = await Array.fromAsync(store.list(prefix));
      return backupsOf(files.map(({ key, sizeBytes }) => ({ name: key.slice(prefix.length), sizeBytes })));
    },
    remove: (name) => store.remove(prefix + name),
    // Azure drops blocks that were never committed after a week.
    tidy: async () => {},
  };
}
