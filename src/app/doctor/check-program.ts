import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '#platform/config/config.ts';
import { failed, fine, warning, type Finding } from './finding.ts';

const mebibyte = 1_048_576;
const scarce = { bytes: 1024 * mebibyte, share: 0.1 };
const full = { bytes: 256 * mebibyte, share: 0.01 };

/** What `check-config` says, without the settings themselves. */
export function checkSettings(
  config: Config,
  reasons: readonly string[],
  warnings: readonly string[],
): Finding[] {
  const advice = 'docs/settings.md says more; "lms check-config" shows the settings in force.';
  const found = [
    ...reasons.map((reason) => failed('settings', reason, advice)),
    ...warnings.map((text) => warning('settings', text, advice)),
  ];
  return reasons.length > 0 ? found : [fine('settings', `accepted for ${config.environment}`), ...found];
}

/** Room where the program writes. */
export async function checkDisks(config: Config): Promise<Finding[]> {
  const folders = new Map([['DATA_DIR', config.dataDir]]);
  if (config.fileStorageProvider === 'local') folders.set('UPLOADS_DIR', config.uploadsDir);
  if (config.backupDir !== null) folders.set('BACKUP_DIR', config.backupDir);
  return Promise.all([...folders].map(([name, folder]) => checkDisk(name, folder)));
}

async function checkDisk(name: string, folder: string): Promise<Finding> {
  const { bavail, blocks, bsize, ffree, files } = await statfsOfNearest(folder);
  const free = bavail * bsize;
  const share = blocks === 0 ? 1 : bavail / blocks;
  // Some file systems count no files.
  const filesShare = files === 0 ? 1 : ffree / files;
  const detail = `${name} ${folder}: ${Math.round(free / mebibyte)} MiB free (${Math.round(share * 100)} %)`;
  const advice = `Make room there, or set ${name} to a folder on a larger disk.`;
  if (free < full.bytes || share < full.share || filesShare < full.share)
    return failed('disk', detail, advice);
  const isScarce = free < scarce.bytes || share < scarce.share || filesShare < scarce.share;
  return isScarce ? warning('disk', detail, advice) : fine('disk', detail);
}

/** Of the folder, or of the one in which it will be made. */
async function statfsOfNearest(folder: string): Promise<StatsFs> {
  try {
    return await statfs(folder);
  } catch (error) {
    const parent = path.dirname(folder);
    if (parent === folder) throw error;
    return statfsOfNearest(parent);
  }
}
