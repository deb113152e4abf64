import assert from 'node:assert/strict';
import type { Program } from '#test/program.ts';

// A line for each kind of trouble, at most every ten seconds, whatever the number of requests.
const mostLines = 30;

/**
 * What somebody reads who is woken at night: a few warnings, each of which says what is wrong, no fault of ours, nothing
 * that is not JSON, and no secret or address. A job that is tried again has a line of its own, a request always has.
 */
export function assertReadableLog(program: Program): void {
  const lines = program.logs();
  const told = lines.filter(({ level, job }) => level !== 'info' && job === undefined);
  const messages = told.map(({ level, message }) => `${String(level)}: ${String(message)}`);
  assert.deepEqual(
    messages.filter((line) => !line.startsWith('warn: ')),
    [],
  );
  assert.ok(told.length <= mostLines, `${told.length} lines: ${messages.join('; ')}`);
  assert.equal(program.stderr(), '');
  assert.doesNotMatch(program.stdout(), /a-long-pass-phrase|@example\.com|:\/\/lms:|Bearer /);
}
