import type { Writable } from 'node:stream';
import { BackupError } from './backup-error.ts';
import { connectionOf, startProgram, type Running } from './postgres-programs.ts';

/** A dump on its way into a database, in one transaction: all of it will be there, or nothing. */
export type DumpLoad = {
  /** The next part of the dump. */
  write(part: Buffer): Promise<void>;
  /** Ends the dump; afterwards the rows are there, and nobody else sees them yet. */
  finish(): Promise<void>;
  /** Runs further statements in the same transaction. */
  run(sql: string): Promise<void>;
  commit(): Promise<void>;
  /** Undoes all. To be called at the end in any case; after `commit` it changes nothing. */
  abort(): Promise<void>;
};

/**
 * `pg_restore` makes a script of the dump, and `psql` runs it between our own first and last statements. Where either
 * ends early, the connection ends without a commit.
 */
export function loadDump(databaseUrl: string, firstSql: string): DumpLoad {
  const { address, env } = connectionOf(databaseUrl);
  const restore = startProgram(
    'pg_restore',
    ['--file=-', '--no-owner', '--no-privileges', '--no-comments', '--exit-on-error'],
    {},
  );
  const psql = startProgram(
    'psql',
    ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--no-password', '--file=-', `--dbname=${address}`],
    env,
  );
  const marks = listenForMarks(psql);
  const passing = (async () => {
    await send(psql, `set client_min_messages = warning;\nbegin;\n${firstSql}\n`);
    for await (const chunk of withoutNewSettings(restore.child.stdout as AsyncIterable<Buffer>))
      await send(psql, chunk);
    await restore.ended;
  })();
  passing.catch(() => {});
  const run = async (sql: string) => {
    const mark = marks.next();
    await send(psql, `${sql}\n\\echo ${mark.name}\n`);
    await mark.seen;
  };
  return {
    async write(part) {
      await Promise.race([send(restore, part), passing.then(() => {})]);
    },
    async finish() {
      restore.child.stdin.end();
      await passing;
      // The script of a dump empties the search path.
      await run('set search_path = public;');
    },
    run,
    async commit() {
      await run('commit;');
      psql.child.stdin.end();
      await psql.ended;
    },
    async abort() {
      restore.kill();
      psql.kill();
      await Promise.allSettled([restore.ended, psql.ended, passing]);
    },
  };
}

/** Waits where the program reads more slowly; throws what it said where it has ended. */
async function send({ child, ended }: Running, bytes: Buffer | string): Promise<void> {
  const stream: Writable = child.stdin;
  if (stream.destroyed || child.exitCode !== null) return refuse(ended);
  if (stream.write(bytes)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.once('drain', resolve);
  stream.once('close', resolve);
  await promise;
  stream.off('drain', resolve);
  stream.off('close', resolve);
  if (stream.destroyed) await refuse(ended);
}

async function refuse(ended: Promise<void>): Promise<never> {
  await ended;
  throw new BackupError('A program of PostgreSQL ended before it had read all.');
}

/** Marks that psql writes when it has come so far. */
function listenForMarks({ child, ended }: Running) {
  let output = '';
  let count = 0;
  const waiting = new Map<string, () => void>();
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    output = `${output}${part}`.slice(-1_000);
    for (const [name, resolve] of waiting) if (output.includes(`${name}\n`)) resolve();
  });
  return {
    next() {
      count += 1;
      const name = `lms-restore-mark-${count}-`;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(name, resolve);
      return { name, seen: Promise.race([promise, ended.then(() => refuse(ended))]) };
    },
  };
}

// A newer client sets what older servers do not know; it would only lift a limit that nobody set.
const newSettings = /^SET transaction_timeout = 0;$/m;
const headBytes = 4_096;

async function* withoutNewSettings(script: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of script) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < headBytes) continue;
    yield Buffer.from(head.toString('latin1').replace(newSettings, ''), 'latin1');
    head = undefined;
  }
  if (head !== undefined && head.length > 0)
    yield Buffer.from(head.toString('latin1').replace(newSettings, ''), 'latin1');
}
