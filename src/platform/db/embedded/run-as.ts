import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, lchownSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { cleanEnvironment } from './environment.ts';

type Account = { uid: number; gid: number };

/** How to start a PostgreSQL program: what stands before it on the command line, and as which user. */
export type RunAs = {
  prefix: readonly string[];
  /** Set where node is to change the user of the process. */
  user?: Account;
  /** The user, as seen from here, to whom the cluster must belong. Undefined: ourselves, not root. */
  owner?: Account;
};

const ROOT: Account = { uid: 0, gid: 0 };

function accounts(): Map<string, Account> {
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  return new Map(entries.map(([name = '', , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]));
}

/** The first that works is taken. initdb looks its user up, so each must be one that has an account. */
function rootCandidates(dataDir: string): RunAs[] {
  const known = accounts();
  const nobody = known.get('nobody') ?? { uid: 65_534, gid: 65_534 };
  const { uid } = statSync(dataDir);
  const account = [...known.values()].find((entry) => uid !== 0 && entry.uid === uid) ?? nobody;
  return [
    // A user namespace in which root is called nobody: files stay root's, so a home of mode 0700 is no
    // obstacle. Containers often forbid it.
    { prefix: ['unshare', '-U', `--map-user=${nobody.uid}`], owner: ROOT },
    // Another user with the one capability that lets it pass folders of mode 0700.
    {
      prefix: [
        'setpriv',
        // Without it access(2), which initdb asks, knows nothing of the capability.
        '--securebits=+no_setuid_fixup',
        `--reuid=${account.uid}`,
        `--regid=${account.gid}`,
        '--clear-groups',
        '--inh-caps=-all,+dac_override',
        '--ambient-caps=-all,+dac_override',
      ],
      owner: account,
    },
    // Another user with nothing; only where every folder on the way is open.
    { prefix: [], user: account, owner: account },
  ];
}

/** Whether the program can be run and the folder be entered in that way: tried, not computed. */
function works(runAs: RunAs, postgres: string, dataDir: string): boolean {
  const [program, ...args] = [...runAs.prefix, 'sh', '-c', 'cd "$1" && "$2" -V', 'sh', dataDir, postgres];
  return spawnSync(program, args, { stdio: 'ignore', env: cleanEnvironment(), ...runAs.user }).status === 0;
}

/** postgres refuses to run as root; anybody else runs it as what they are. */
export function chooseRunAs(dataDir: string, binaries: Binaries): RunAs {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const found = rootCandidates(dataDir).find((candidate) => {
    // The other user needs to pass through our folder, not to read it.
    if (candidate.user !== undefined) chmodSync(dataDir, statSync(dataDir).mode | 0o011);
    return works(candidate, binaries.postgres, dataDir);
  });
  if (found !== undefined) return found;
  throw new EmbeddedPostgresError(
    'start_failed',
    'PostgreSQL refuses to run as root, and neither unshare, setpriv nor a change of user is possible here: start as an ordinary user, or set DATABASE_URL.',
  );
}

/**
 * Gives the cluster, with all that is in it, to the user who is to run the server, and closes it to
 * others: after a copy or a start in another way postgres would refuse it.
 */
export function giveCluster(runAs: RunAs, cluster: string): void {
  const stat = statSync(cluster);
  if ((stat.mode & 0o777) !== 0o700) chmodSync(cluster, 0o700);
  const { uid, gid } = runAs.owner ?? stat;
  if (stat.uid === uid) return;
  for (const name of readdirSync(cluster, { recursive: true, encoding: 'utf8' })) {
    lchownSync(path.join(cluster, name), uid, gid);
  }
  // Last, so that one interrupted in the middle begins again.
  chownSync(cluster, uid, gid);
}
