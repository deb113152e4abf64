import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How to start a PostgreSQL program: what stands before it on the command line, and the user. */
export type RunAs = {
  prefix: readonly string[];
  /** Set where the process changes its user: the cluster must then belong to that user. */
  user?: { uid: number; gid: number };
};

export const AS_OURSELVES: RunAs = { prefix: [] };

type Account = { uid: number; gid: number };

function accounts(): Map<string, Account> {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const fields = lines.filter((line) => !line.startsWith('#')).map((line) => line.split(':'));
  return new Map(fields.map(([name = '', , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]));
}

export function rootCandidates(): RunAs[] {
  const nobody = accounts().get('nobody') ?? { uid: 65_534, gid: 65_534 };
  const mapped = { prefix: ['unshare', '-U', `--map-user=${nobody.uid}`] };
  return [mapped];
}

function works(runAs: RunAs): boolean {
  const [program, ...args] = [...runAs.prefix, 'true'];
  return program !== undefined && spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

export function chooseRunAs(): RunAs {
  if (process.getuid?.() !== 0) return AS_OURSELVES;
  return rootCandidates().find(works) ?? AS_OURSELVES;
}
