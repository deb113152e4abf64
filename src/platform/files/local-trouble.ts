import { AppError, insufficientStorage, unavailable } from '#platform/errors.ts';

const advice: Readonly<Record<string, string>> = {
  EACCES: 'let the user that the program runs as read and write it',
  EPERM: 'let the user that the program runs as read and write it',
  EROFS: 'the file system is mounted read-only; mount it so that it can be written',
  ENOTDIR: 'a file stands where a folder should be; move it away',
  EEXIST: 'a file stands where a folder should be; move it away',
  ELOOP: 'links are not followed below it; put the folder itself there, or let UPLOADS_DIR name its place',
  EXDEV: 'all of it must lie on one file system',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this machine',
  EIO: 'the disk fails; look at the log of the system',
  ESTALE: 'the network drive was mounted anew; restart the program',
};
const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

/**
 * What a client is told of a failure of the file system: 507 where the disk is full, 503 where the folder cannot be
 * used, which `warn` then says to the operator. Anything else stays as it is.
 */
export function explainTrouble(error: unknown, folder: string, warn: (message: string) => void): unknown {
  const code = codeOf(error);
  if (error instanceof AppError || code === undefined) return error;
  if (full.has(code)) {
    warn(`files: there is no room left in UPLOADS_DIR (${folder}); make room, or raise the quota`);
    return insufficientStorage();
  }
  const step = advice[code];
  if (step === undefined) return error;
  warn(`files: UPLOADS_DIR (${folder}) cannot be used: ${step}`);
  return unavailable('Files cannot be stored or read at present.');
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return error.code;
}
