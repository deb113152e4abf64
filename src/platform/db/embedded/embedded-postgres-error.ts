export type EmbeddedPostgresErrorCode =
  | 'in_use'
  | 'disk_full'
  | 'read_only'
  | 'not_installed'
  | 'version_mismatch'
  | 'start_failed';

/** Thrown with a message of one line that says what to do; never a stack for the operator. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

// PostgreSQL reports the write that takes the last bytes as one that was cut short, with a hint and no error code.
const DISK_FULL =
  /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded|Check free disk space|wrote only \d+ of/;
const NOT_WRITABLE =
  /EROFS|EACCES|EPERM|(?:file|directory).*(?:Read-only file system|Permission denied|Operation not permitted)/;
const OTHER_SERVER = /Is another (?:postmaster|postgres) \(PID (\d+)\) running/;

/** The line that says what went wrong, for a reader who sees only this one. */
function tellingLine(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const line =
    lines.findLast((entry) => /\b(?:FATAL|PANIC|error)\b/i.test(entry)) ?? lines.at(-1) ?? 'no output';
  // Without the time and the process of a line from the server's log.
  return line
    .replace(/^.*?(?=FATAL|PANIC)/, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
}

/**
 * Turns what the operating system, initdb or postgres said into one line that says what to do.
 * `doing` names the step for those failures that have no line of their own.
 */
export function explainFailure(
  doing: string,
  output: string,
  dataDir: string,
  options?: ErrorOptions,
): EmbeddedPostgresError {
  const telling = tellingLine(output);
  const other = OTHER_SERVER.exec(output)?.[1];
  if (DISK_FULL.test(output)) {
    return new EmbeddedPostgresError(
      'disk_full',
      `The disk that holds ${dataDir} is full: free some space, or set DATA_DIR to a folder on another disk.`,
      options,
    );
  }
  if (NOT_WRITABLE.test(telling)) {
    return new EmbeddedPostgresError(
      'read_only',
      `The data folder ${dataDir} cannot be written: make it writable for this user, or set DATA_DIR to a folder that is.`,
      options,
    );
  }
  if (other !== undefined) return inUse(dataDir, other, options);
  return new EmbeddedPostgresError(
    'start_failed',
    `The embedded PostgreSQL could not be started (${doing}): ${telling}; mend that, or set DATABASE_URL.`,
    options,
  );
}

export function inUse(dataDir: string, pid: number | string, options?: ErrorOptions): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'in_use',
    `The data folder ${dataDir} is in use by process ${pid}: stop that process, or set DATA_DIR to another folder.`,
    options,
  );
}

/** An error of node:fs or node:child_process as an `EmbeddedPostgresError`; any other error stays itself. */
export function explainThrown(error: unknown, dataDir: string): Error {
  if (error instanceof EmbeddedPostgresError) return error;
  if (!(error instanceof Error)) return new Error(String(error));
  if (!('syscall' in error)) return error;
  const { message } = error;
  if (!String(error.syscall).startsWith('spawn')) {
    return explainFailure('data folder', message, dataDir, { cause: error });
  }
  return new EmbeddedPostgresError(
    'start_failed',
    `The PostgreSQL programs of the npm package do not run on this system (${message}): set DATABASE_URL.`,
    { cause: error },
  );
}
