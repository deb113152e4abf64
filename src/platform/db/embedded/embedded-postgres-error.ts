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

const NOT_WRITABLE = /EROFS|EACCES|EPERM|Read-only file system|Permission denied|Operation not permitted/;
const DISK_FULL = /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/;

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/**
 * Turns what the operating system, initdb or postgres said into one line that says what to do.
 * `doing` completes "… failed", `output` is what the program wrote.
 */
export function explainFailure(
  doing: string,
  output: string,
  dataDir: string,
  options?: ErrorOptions,
): EmbeddedPostgresError {
  if (DISK_FULL.test(output)) {
    return new EmbeddedPostgresError(
      'disk_full',
      `The disk that holds ${dataDir} is full: free some space, or set DATA_DIR to a folder on another disk.`,
      options,
    );
  }
  if (NOT_WRITABLE.test(output)) {
    return new EmbeddedPostgresError(
      'read_only',
      `The data folder ${dataDir} cannot be written: make it writable for this user, or set DATA_DIR to a folder that is.`,
      options,
    );
  }
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const telling =
    lines.findLast((line) => /\b(?:FATAL|PANIC|error)\b/i.test(line)) ?? lines.at(-1) ?? 'no output';
  return new EmbeddedPostgresError(
    'start_failed',
    `The embedded PostgreSQL could not be started (${doing}): ${oneLine(telling).slice(0, 300)} Mend that, or set DATABASE_URL.`,
    options,
  );
}

/** An error of node:fs as an `EmbeddedPostgresError`; any other error stays itself. */
export function explainThrown(error: unknown, doing: string, dataDir: string): Error {
  if (error instanceof EmbeddedPostgresError) return error;
  if (error instanceof Error && 'code' in error && 'syscall' in error) {
    return explainFailure(doing, error.message, dataDir, { cause: error });
  }
  return error instanceof Error ? error : new Error(String(error));
}
