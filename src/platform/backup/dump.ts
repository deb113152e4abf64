import { connectionOf, requireClient, startProgram } from './postgres-programs.ts';

// Of a part, which is held in memory: an entry of a tar says its length before its content.
const partBytes = 8 * 1024 * 1024;

export type DumpOptions = {
  databaseUrl: string;
  serverMajor: number;
  /** Of a transaction that is open until the dump is read. */
  snapshot: string;
  signal: AbortSignal;
};

/** The database as `pg_dump` writes it, in parts of 8 MiB as it writes. Throws `BackupError`. */
export async function* dumpDatabase(options: DumpOptions): AsyncGenerator<Buffer> {
  await requireClient('pg_dump', options.serverMajor);
  const { address, env } = connectionOf(options.databaseUrl);
  const args = ['--format=custom', `--snapshot=${options.snapshot}`, '--no-password', `--dbname=${address}`];
  const { child, ended, kill } = startProgram('pg_dump', args, env);
  options.signal.addEventListener('abort', kill, { once: true });
  try {
    child.stdin.end();
    yield* partsOf(child.stdout as AsyncIterable<Buffer>);
    await ended;
  } finally {
    options.signal.removeEventListener('abort', kill);
    kill();
  }
}

async function* partsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    length += chunk.length;
    if (length < partBytes) continue;
    yield Buffer.concat(held);
    held = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(held);
}
