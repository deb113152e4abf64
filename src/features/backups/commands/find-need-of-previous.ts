import { isOpenedBy } from '#platform/backup/age.ts';
import { openBackups } from '#platform/backup/open-target.ts';
import type { Config } from '#platform/config/config.ts';
import type { Logger } from '#platform/log.ts';

/** The name of the oldest backup that BACKUP_KEY_PREVIOUS opens and BACKUP_KEY does not; undefined where there is none. */
export async function findNeedOfPrevious(config: Config, log: Logger): Promise<string | undefined> {
  const { target, keys } = openBackups(config, log);
  const [present, previous] = keys;
  const opens = async (name: string, key: string) =>
    isOpenedBy((await target.read(name)) as AsyncIterable<Buffer>, key);
  if (previous === undefined) return undefined;
  for (const { name } of (await target.list()).toReversed()) {
    if (!(await opens(name, present)) && (await opens(name, previous))) return name;
  }
  return undefined;
}
