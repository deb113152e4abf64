import { isOpenedBy } from '#platform/backup/age.ts';
import { openBackups } from '#platform/backup/open-target.ts';
import type { Config } from '#platform/config/config.ts';
import type { Logger } from '#platform/log.ts';

/** The name of a backup that BACKUP_KEY does not open, and so needs the previous one or one before; the oldest of them. */
export async function findNeedOfPrevious(config: Config, log: Logger): Promise<string | undefined> {
  const { target, keys } = openBackups(config, log);
  const [present] = keys;
  for (const { name } of (await target.list()).toReversed()) {
    if (!(await isOpenedBy((await target.read(name)) as AsyncIterable<Buffer>, present))) return name;
  }
  return undefined;
}
