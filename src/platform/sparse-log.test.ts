import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLogger } from './log.ts';
import { createSparseWarn } from './sparse-log.ts';

suite('warnings of what fails again and again', () => {
  test('the first of a kind is told at once, later ones once in a while with how many were left out', () => {
    const lines: Record<string, unknown>[] = [];
    const destination = {
      write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
    };
    const log = createLogger({ level: 'info', service: 'test', version: 'test', destination });
    let ms = 0;
    const warn = createSparseWarn(1_000, () => ms);
    for (; ms < 2_500; ms += 100) warn(log, 'database', { ms }, 'the database is away');
    warn(log, 'redis', { ms }, 'redis is away');
    assert.deepEqual(
      lines.map(({ message, ms: at, leftOut }) => [message, at, leftOut]),
      [
        ['the database is away', 0, undefined],
        ['the database is away', 1_000, 9],
        ['the database is away', 2_000, 9],
        ['redis is away', 2_500, undefined],
      ],
    );
  });
});
