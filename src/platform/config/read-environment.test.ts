import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ConfigError, readEnvironment } from './config.ts';

test('.env is read where there is one, or the file that ENV_FILE names, which must be there', (t) => {
  const cwd = mkdtempSync(path.join(tmpdir(), 'lms-config-'));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  assert.equal(readEnvironment(cwd).envFileText, undefined);
  writeFileSync(path.join(cwd, '.env'), 'PORT=1\n');
  assert.equal(readEnvironment(cwd).envFileText, 'PORT=1\n');
  writeFileSync(path.join(cwd, 'other.env'), 'PORT=2\n');
  const former = process.env.ENV_FILE;
  try {
    process.env.ENV_FILE = 'other.env';
    assert.equal(readEnvironment(cwd).envFileText, 'PORT=2\n');
    process.env.ENV_FILE = 'missing.env';
    assert.throws(
      () => readEnvironment(cwd),
      (error) => error instanceof ConfigError && /missing\.env cannot be read \(ENOENT\)/.test(error.message),
    );
  } finally {
    if (former === undefined) delete process.env.ENV_FILE;
    else process.env.ENV_FILE = former;
  }
});
