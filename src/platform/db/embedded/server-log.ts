import { closeSync, copyFileSync, fstatSync, openSync, readSync, statSync, truncateSync } from 'node:fs';

const MAX_LOG_BYTES = 4 * 1024 * 1024;
const CHECK_EVERY_MS = 30_000;

/**
 * Keeps the log at about `maxBytes`, with one older part (`.1`) of that size beside it. The server
 * writes in append mode, so the file may be cut while it is written.
 */
export function boundLog(file: string, maxBytes = MAX_LOG_BYTES): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= maxBytes) return;
  try {
    copyFileSync(file, `${file}.1`);
  } catch {
    // On a full disk the older part is given up rather than the bound.
  }
  truncateSync(file, 0);
}

/** Bounds the log from time to time, until the returned function is called. */
export function keepLogBounded(file: string): () => void {
  const timer = setInterval(() => {
    try {
      boundLog(file);
    } catch {
      // Tried again later: a log that cannot be cut is no reason to end the program.
    }
  }, CHECK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** What was written since the file had `size` bytes; at most the last 64 KiB of it. */
export function readLogSince(file: string, size: number): string {
  const log = openSync(file, 'r');
  try {
    const end = fstatSync(log).size;
    const start = Math.max(end < size ? 0 : size, end - 65_536);
    const buffer = Buffer.alloc(end - start);
    return buffer.toString('utf8', 0, readSync(log, buffer, 0, buffer.length, start));
  } finally {
    closeSync(log);
  }
}
