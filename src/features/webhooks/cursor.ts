import { AppError } from '#platform/errors.ts';
import type { Place } from './queries/feed.ts';

/** A place in the feed as clients are given it; the same for every filter. */
export function writePlace({ transactionId, sequence }: Place): string {
  return Buffer.from(`${transactionId}.${sequence}`).toString('base64url');
}

// As far as xid8 and bigint go, with a margin.
const pattern = /^(\d{1,19})\.(\d{1,18})$/;

/** Throws 400 `cursor_invalid`. */
export function readPlace(text: string): Place {
  const match = pattern.exec(Buffer.from(text, 'base64url').toString('latin1'));
  if (!match?.[1] || !match[2]) throw placeInvalid();
  return { transactionId: match[1], sequence: match[2] };
}

export function placeInvalid(): AppError {
  return new AppError(400, 'cursor_invalid', 'This cursor was not made by this list. Start without one.');
}
