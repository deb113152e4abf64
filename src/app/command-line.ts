import { parseArgs } from 'node:util';
import { ConfigError } from '#platform/config/config.ts';
import { EmbeddedPostgresError } from '#platform/db/embedded/embedded-postgres-error.ts';
import { describeError } from '#platform/log.ts';

/** A failure that an operator can mend: printed as one line, without a stack. */
export class CommandError extends Error {
  override name = 'CommandError';
}

const usage = `Usage: lms <role or command>

Roles
  all                          API, workers and scheduler in one process
  api                          HTTP on HOST:PORT
  worker [--queues=a,b] [--concurrency=4]
                               takes jobs; without --queues, all of them
  scheduler                    turns the clock into jobs; two never fire twice

Commands
  migrate                      brings the database up to this version
  seed                         loads the demo academy into an empty database
  admin create --email=… --name=… [--password-stdin]
  check-config                 prints the settings in force, or why they do not hold
  openapi                      prints the OpenAPI document
`;

type Command = (args: string[]) => Promise<void>;

// Loaded when they are run: a command brings only what it needs.
const commands: Record<string, () => Promise<Command>> = {
  all: async () => (await import('./commands/run-role.ts')).roleCommand('all'),
  api: async () => (await import('./commands/run-role.ts')).roleCommand('api'),
  worker: async () => (await import('./commands/run-role.ts')).roleCommand('worker'),
  scheduler: async () => (await import('./commands/run-role.ts')).roleCommand('scheduler'),
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
  seed: async () => (await import('./commands/seed.ts')).seedCommand,
  admin: async () => (await import('./commands/admin.ts')).adminCommand,
  openapi: async () => (await import('./commands/openapi.ts')).openapiCommand,
  'check-config': async () => (await import('./commands/check-config.ts')).checkConfigCommand,
};

/** Runs what the arguments name. Sets the exit status; an expected failure is one clear line. */
export async function runCommand(argv: string[]): Promise<void> {
  const [name = '', ...args] = argv;
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) {
    (name === '' || name === 'help' || name === '--help' ? process.stdout : process.stderr).write(usage);
    process.exitCode = name === 'help' || name === '--help' ? 0 : 2;
    return;
  }
  try {
    const command = await load();
    await command(args);
  } catch (error) {
    process.stderr.write(`${linesOf(error)}\n`);
    process.exitCode = 1;
  }
}

/** Options of a command; throws a `CommandError` for one it does not know. */
export function optionsOf<const T extends NonNullable<Parameters<typeof parseArgs>[0]>['options']>(args: string[], options: T) {
  try {
    return parseArgs({ args, options: options as NonNullable<T>, strict: true }).values;
  } catch (error) {
    throw new CommandError((error as Error).message);
  }
}

function linesOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof CommandError || error instanceof EmbeddedPostgresError) return error.message;
  const mendable = mendableOf(error);
  if (mendable !== undefined) return mendable;
  const { type, message, stack } = describeError(error);
  return `${type}: ${message}\n${stack ?? ''}`;
}

// What the system says of ports, disks and databases, and what to do.
function mendableOf(error: unknown): string | undefined {
  const { code, port, path, message = '' } = error as { code?: string; port?: number; path?: string; message?: string };
  if (code === 'EADDRINUSE') return `Port ${port} is taken. Stop what listens there, or set PORT to another.`;
  if (code === 'EACCES' && port !== undefined) return `Port ${port} may not be used by this user. Set PORT to one above 1023.`;
  if (code === 'ENOSPC') return `The disk is full${path ? ` (${path})` : ''}. Free some space, then start again.`;
  if (code === 'EROFS') return `${path ?? 'The data folder'} is on a read-only disk. Set DATA_DIR to a folder that can be written.`;
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND') return `The database cannot be reached (${code}). Check DATABASE_URL and that it runs.`;
  if (code === '28P01' || code === '28000') return 'The database refused the user or password in DATABASE_URL.';
  if (code === '3D000') return `The database in DATABASE_URL does not exist: ${message}.`;
  return undefined;
}
