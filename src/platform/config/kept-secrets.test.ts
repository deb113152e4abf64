import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { keepSecrets, KeptSecretsError, readKeptSecrets, secretsFile } from './kept-secrets.ts';

const run = promisify(execFile);

suite('kept secrets', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lms-secrets-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const refusal = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      if (error instanceof KeptSecretsError) return error.message;
      throw error;
    }
    return assert.fail('nothing was thrown');
  };

  test('they are made once, for their owner alone, and nothing else is left behind', () => {
    const dataDir = path.join(folder, 'new', 'data');
    assert.equal(readKeptSecrets(dataDir), undefined);
    const made = keepSecrets(dataDir);
    assert.deepEqual(keepSecrets(dataDir), made);
    assert.deepEqual(readKeptSecrets(dataDir), made);
    assert.equal(statSync(secretsFile(dataDir)).mode & 0o777, 0o600);
    assert.equal(statSync(dataDir).mode & 0o777, 0o700);
    assert.deepEqual(readdirSync(dataDir), ['secrets.json']);
  });

  test('programs that start at once all get the same', async () => {
    const module = path.join(import.meta.dirname, 'kept-secrets.ts');
    // All wait for the same moment, or the first would be done before the last has begun.
    const script = `
      const { keepSecrets } = await import(${JSON.stringify(module)});
      while (Date.now() < Number(process.argv[1]));
      process.stdout.write(JSON.stringify(keepSecrets(${JSON.stringify(folder)})));`;
    const start = String(Date.now() + 700);
    const children = Array.from({ length: 4 }, () =>
      run(process.execPath, ['--input-type=module', '-e', script, start], { timeout: 20_000 }),
    );
    const outputs = await Promise.all(children);
    assert.equal(new Set(outputs.map(({ stdout }) => stdout)).size, 1);
    assert.deepEqual(readdirSync(folder), ['secrets.json']);
  });

  const damaged: Record<string, string> = {
    'an empty file': '',
    'half a file': '{"secretKey": "abc',
    'a list': '[]',
    null: 'null',
    'a missing key': JSON.stringify({ secretKey: 'q8Zt3vLw0Yb7NcR5mXe2HsKj9UaGdPfT6oBi1WxV' }),
    'a weak key': JSON.stringify({
      secretKey: 'change-me',
      encryptionKey: 'p1Hq0l2tQ5mXv8yYw3bR7cZk9sN4dF6gJ0aLeTuVxWo=',
    }),
    'a short encryption key': JSON.stringify({
      secretKey: 'q8Zt3vLw0Yb7NcR5mXe2HsKj9UaGdPfT6oBi1WxV',
      encryptionKey: 'c2hvcnQ=',
    }),
  };
  test('a damaged file is refused, left as it is and not shown', () => {
    for (const [what, text] of Object.entries(damaged)) {
      writeFileSync(secretsFile(folder), text);
      const message = refusal(() => keepSecrets(folder));
      assert.match(message, /secrets\.json is damaged: restore it/, what);
      assert.doesNotMatch(message, /abc|q8Zt|change-me/);
      assert.equal(statSync(secretsFile(folder)).size, text.length);
    }
  });

  test('a file that cannot be read is told by name, reason and remedy', () => {
    mkdirSync(secretsFile(folder));
    assert.match(
      refusal(() => keepSecrets(folder)),
      /secrets\.json cannot be read \(EISDIR\): .*SECRET_KEY/,
    );
  });

  test('a folder that cannot be made is told by name, reason and remedy', () => {
    // Not even root can make a folder there. (In /proc Node's recursive mkdir would never end.)
    const missing = path.join('/sys', 'lms-data');
    assert.match(
      refusal(() => keepSecrets(missing)),
      /cannot be written \((ENOENT|EACCES|EPERM|EROFS)\): .*DATA_DIR/,
    );
  });

  test('a DATA_DIR that is a file is told as that', () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    assert.equal(
      refusal(() => keepSecrets(file)),
      `DATA_DIR ${file} is not a folder: set another`,
    );
  });
});
