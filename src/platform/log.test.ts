import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { createLogger, describeError } from './log.ts';

const secret = 'hunter2-Ärger';
const secretNames = [
  ...[
    'password',
    'newPassword',
    'password_hash',
    'token',
    'accessToken',
    'refreshToken',
    'challengeToken',
    'secret',
    'secretKey',
  ],
  ...[
    'encryptionKey',
    'authorization',
    'Authorization',
    'cookie',
    'set-cookie',
    'email',
    'EMAIL_KEY',
    'name',
    'learnerName',
  ],
  ...['databaseUrl', 'redisUrl', 'X-CSRF-Token', 'apiKey', 'detail', 'where', 'parameters'],
];

function linesOf(write: (log: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  write(
    createLogger({
      level: 'trace',
      service: 'test',
      version: '1',
      destination: { write: (line) => void (text += line) },
    }),
  );
  return text;
}

/** The value wrapped so many times in objects and arrays. */
function nested(value: unknown, wraps: readonly (string | null)[]): unknown {
  return wraps.reduce<unknown>(
    (inner, name) => (name === null ? ['first', inner] : { before: 1, [name]: inner }),
    value,
  );
}

const wraps = fc.array(fc.oneof(fc.constant(null), fc.constantFrom('request', 'body', 'a', 'items')), {
  maxLength: 6,
});

suite('log', () => {
  test('what stands under a secret’s name comes out at no depth, in objects or arrays', () => {
    fc.assert(
      fc.property(fc.constantFrom(...secretNames), wraps, fc.boolean(), (name, path, isBinding) => {
        const fields = { field: nested({ [name]: secret, kept: 'visible' }, path) };
        const text = linesOf((log) =>
          isBinding ? log.child(fields).info('hello') : log.info(fields, 'hello'),
        );
        assert.ok(!text.includes(secret), text);
        assert.match(text, /visible/);
      }),
      { numRuns: 500 },
    );
  });

  test('nor at the top, nor when it is itself an object or a number', () => {
    for (const name of secretNames) {
      for (const value of [secret, { value: secret }, [secret]]) {
        assert.ok(!linesOf((log) => log.info({ [name]: value }, 'hello')).includes(secret), name);
      }
      assert.ok(!linesOf((log) => log.info({ [name]: 1234567 }, 'hello')).includes('1234567'), name);
    }
  });

  test('a password in an address comes out nowhere: message, field, error, cause or stack', () => {
    const passwords = ['hunter2', 'p@ss', 'a/b+c=', 'two:parts'];
    const addresses = passwords.flatMap((password) => [
      `postgresql://lms:${password}@db.example.com:5432/lms`,
      `redis://:${password}@cache:6379/0`,
    ]);
    for (const [index, address] of addresses.entries()) {
      const error = new Error(`cannot reach\n  ${address}`, {
        cause: new AggregateError([new Error(address)], address),
      });
      const text = linesOf((log) => {
        log.info(`connecting to ${address}`);
        log.info({ address, url: URL.parse(address) ?? 'none' }, 'connecting');
        log.error({ err: error }, 'failed');
        log.error(error);
        log.warn({ nested: [{ error }] }, 'failed');
      });
      assert.ok(!text.includes(passwords[Math.floor(index / 2)] ?? ''), text);
      assert.match(text, /…:…@/);
    }
  });

  test('tokens come out of no text', () => {
    const token = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl`;
    const text = linesOf((log) => {
      log.info(`got ${token}`);
      log.info({ line: `Authorization: Bearer opaque-token-value` }, 'hello');
      log.error(new Error(`refused ${token}`));
    });
    assert.doesNotMatch(text, /c2lnbmF0dXJl|opaque-token-value/);
  });

  test('an error of the database keeps its code and constraint, and nothing of the row', () => {
    const error = Object.assign(new Error(`invalid input syntax for type uuid: "${secret}" or "${secret}"`), {
      code: '22P02',
      constraint: 'app_user_email_key_key',
      detail: `Key (email)=(${secret}) already exists.`,
      where: `unnamed portal parameter $1 = '${secret}'`,
      parameters: [secret],
    });
    const copy = { ...error, message: error.message, stack: error.stack, queue: 'emails' };
    for (const given of [error, new Error('wrapped', { cause: error }), copy]) {
      const text = linesOf((log) => log.error({ err: given, context: { error: given } }, 'failed'));
      assert.ok(!text.includes(secret), text);
      assert.match(text, /22P02/);
      assert.match(text, /app_user_email_key_key/);
    }
  });

  test('an error keeps its type, message, the frames of its stack and its causes', () => {
    const described = describeError(new TypeError('outer\nsecond line', { cause: new RangeError('inner') }));
    assert.equal(described.type, 'TypeError');
    assert.equal(described.message, 'outer\nsecond line');
    assert.match(described.stack ?? '', /^ +at .*log\.test\.ts:\d+/);
    assert.doesNotMatch(described.stack ?? '', /second line/);
    assert.equal(described.cause?.message, 'inner');
  });

  test('no value ends the program: cycles, bigints, proxies of errors, null', () => {
    const cycle: Record<string, unknown> = {
      kept: 'visible',
      big: 10n ** 30n,
      at: new Date(0),
      bytes: Buffer.from(secret),
    };
    cycle['self'] = cycle;
    const error = new Error('own cause');
    error.cause = error;
    const text = linesOf((log) => {
      log.info(cycle, 'cycle');
      log.error({ err: error }, 'own cause');
      log.error({ err: null, error: undefined, other: 'text' }, 'none');
      log.error({ err: 'only text' }, 'text');
    });
    assert.equal(text.trim().split('\n').length, 4);
    assert.match(text, /visible.*1000000000000000000000000000000.*1970-01-01T00:00:00.000Z/s);
    assert.ok(!text.includes(secret));
  });
});
