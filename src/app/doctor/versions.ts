import { failed, fine, warning, type Finding } from './finding.ts';

/** What the tests run on. Older ones do not do; newer ones are not known to. */
const node = { oldest: 24, newest: 26 };
const postgres = { oldest: 16, newest: 18 };

/** `version`: of Node, such as `24.21.0`. */
export function judgeNode(lmsVersion: string, version: string): Finding {
  const detail = `lms ${lmsVersion} on Node ${version}, ${process.platform} ${process.arch}`;
  const tested = `Node ${node.oldest} to ${node.newest}`;
  if (majorOf(version) < node.oldest)
    return failed('versions', detail, `Start it with ${tested}; "npx node" in its folder is one.`);
  if (majorOf(version) > node.newest)
    return warning('versions', detail, `The program was tested with ${tested}.`);
  return fine('versions', detail);
}

export type ServerVersion = {
  version: string;
  /** `170002` for 17.2. */
  versionNumber: number;
  isReplica: boolean;
};

export function judgePostgres({ version, versionNumber, isReplica }: ServerVersion): Finding {
  const major = Math.floor(versionNumber / 10_000);
  const detail = `PostgreSQL ${version}`;
  const tested = `PostgreSQL ${postgres.oldest} to ${postgres.newest}`;
  if (major < postgres.oldest) return failed('database', detail, `Upgrade it: the program needs ${tested}.`);
  if (isReplica)
    return failed(
      'database',
      `${detail}, a replica`,
      'Let DATABASE_URL name the primary: nothing can be written here.',
    );
  if (major > postgres.newest) return warning('database', detail, `The program was tested with ${tested}.`);
  return fine('database', detail);
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}
