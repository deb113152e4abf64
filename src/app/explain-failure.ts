import { BackupError } from '#platform/backup/backup-error.ts';
import { ConfigError } from '#platform/config/config.ts';
import { EmbeddedPostgresError } from '#platform/db/embedded/embedded-postgres-error.ts';
import { MigrationError } from '#platform/db/migration-error.ts';
import { describeError } from '#platform/log.ts';
import { CommandError } from './command-error.ts';

type SystemError = { code?: unknown; path?: unknown; message?: unknown; cause?: unknown };

// Their messages say what to do.
const plain = [ConfigError, CommandError, EmbeddedPostgresError, BackupError];

/** What to print of a failure that ended a command: what to do where that is known, else what happened. */
export function explainFailure(error: unknown): string {
  if (plain.some((kind) => error instanceof kind)) return (error as Error).message;
  const known = explainKnown(error);
  if (known !== undefined) return known;
  if (error instanceof MigrationError) return error.message;
  const { type, message, stack } = describeError(error);
  return `${type}: ${message}\n${stack ?? ''}`;
}

/** `setting` names the setting that the port came from. */
export function explainListenFailure(
  error: unknown,
  setting: 'PORT' | 'METRICS_PORT',
  host: string,
  port: number,
): Error {
  const messages: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken: stop what listens there, or set ${setting} to another.`,
    EACCES: `Port ${port} is not for ordinary users: set ${setting} to one above 1023.`,
    EADDRNOTAVAIL: `This machine does not have the address ${host}: set HOST to one that it has, or to 0.0.0.0.`,
    ENOTFOUND: `HOST ${host} is not known here: set it to an address of this machine, or to 0.0.0.0.`,
  };
  const { code } = (error ?? {}) as SystemError;
  const message = messages[String(code)];
  return message === undefined ? (error as Error) : new CommandError(message, { cause: error });
}

// What the system and PostgreSQL say of disks and databases, by their own codes.
const unreachable = 'The database cannot be reached: check DATABASE_URL, and that PostgreSQL runs there';
const unmigrated = 'The database lacks tables: run "lms migrate" first';
const explanations: Record<string, string> = {
  ECONNREFUSED: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  ETIMEDOUT: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ECONNRESET: unreachable,
  '28P01': 'The database refuses the user or the password: correct them in DATABASE_URL',
  '28000': 'The database refuses the user, or connections from here: check DATABASE_URL and pg_hba.conf',
  '3D000': 'The database does not exist: create it, or correct its name in DATABASE_URL',
  '42501':
    'The account of the database may not do this: set DATABASE_OWNER_URL, the address of the owner of its tables',
  '53300': 'The database has no connection left: raise max_connections, or lower DATABASE_POOL_SIZE',
  '53100': 'The disk of the database is full: free some space there',
  '57P03': 'The database is starting or stopping: try again in a moment',
  '42P01': unmigrated,
  '3F000': unmigrated,
};

// These come without a code.
const explainedTexts: [RegExp, string][] = [
  [/^pg-boss (?:is not installed|requires migrations)/, unmigrated],
  [/does not support SSL connections/, 'The database takes no TLS: remove sslmode from DATABASE_URL'],
  [
    /self.signed certificate|unable to (?:verify|get)/,
    'The certificate of the database is not trusted: name its authority by sslrootcert in DATABASE_URL',
  ],
  [/timeout expired|connection timeout|Connection terminated/, unreachable],
];

function explainKnown(error: unknown): string | undefined {
  const { code, path, message, cause } = (error ?? {}) as SystemError;
  if (code === 'ENOSPC')
    return `The disk is full${at(path)}: free some space, or set DATA_DIR to a folder on another disk.`;
  if (code === 'EROFS' || (code === 'EACCES' && path !== undefined)) {
    return `This user may not read or write here${at(path)}: allow it, or set DATA_DIR to another folder.`;
  }
  const explanation =
    explanations[String(code)] ?? explainedTexts.find(([pattern]) => pattern.test(String(message)))?.[1];
  // The server's own words name the user, the database or the host; never the password.
  if (explanation !== undefined) return `${explanation} (${describeError(error).message || String(code)}).`;
  return cause === undefined ? undefined : explainKnown(cause);
}

function at(path: unknown): string {
  return typeof path === 'string' ? ` (${path})` : '';
}
