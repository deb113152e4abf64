import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, suite, test } from 'node:test';
import { loadConfig } from './config.ts';
import { changeKeys, KeyChangeError, usualKeyNames, type KeyName, type KeyStep } from './key-change.ts';

const secretKey = 'q8Zt3vLw0Yb7NcR5mXe2HsKj9UaGdPfT6oBi1WxV';
const encryptionKey = 'p1Hq0l2tQ5mXv8yYw3bR7cZk9sN4dF6gJ0aLeTuVxWo=';
const databaseUrl = 'postgresql://lms:pass-of-the-database@db:5432/lms';

suite('a change of keys', () => {
  let cwd = '';
  before(() => {
    cwd = mkdtempSync(path.join(tmpdir(), 'lms-keys-'));
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));
  beforeEach(() => {
    rmSync(cwd, { recursive: true, force: true });
    mkdirSync(cwd);
  });

  const file = (name: string) => path.join(cwd, name);
  const read = (name: string) => readFileSync(file(name), 'utf8').trim();
  const change = (env: Record<string, string>, step: KeyStep, names: readonly KeyName[] = usualKeyNames) => {
    const input = { env, cwd };
    return changeKeys(input, loadConfig(input).config, { names, step });
  };
  const inFiles = () => {
    for (const [name, text] of [
      ['secret', secretKey],
      ['secret-before', ''],
      ['encryption', encryptionKey],
      ['encryption-before', ''],
    ] as const) {
      writeFileSync(file(name), `${text}\n`, { mode: 0o640 });
    }
    return {
      DATABASE_URL: databaseUrl,
      SECRET_KEY_FILE: 'secret',
      SECRET_KEY_PREVIOUS_FILE: 'secret-before',
      ENCRYPTION_KEY_FILE: 'encryption',
      ENCRYPTION_KEY_PREVIOUS_FILE: 'encryption-before',
    };
  };

  test('in files: the new keys and the present ones as the previous stand there, with the mode that they had', () => {
    const env = inFiles();
    const { toSet, written } = change(env, 'rotate');
    assert.deepEqual([toSet, written.length], [[], 4]);
    assert.deepEqual([read('secret-before'), read('encryption-before')], [secretKey, encryptionKey]);
    const { config } = loadConfig({ env, cwd });
    assert.ok(config.secretKey.length >= 64 && config.secretKey !== secretKey);
    assert.notEqual(config.encryptionKey, encryptionKey);
    assert.equal(statSync(file('secret')).mode & 0o777, 0o640);
    assert.equal(statSync(file('secret-before')).mode & 0o777, 0o640);
  });

  test('prepared keys are accepted first and used after a swap, which goes back as well', () => {
    const env = inFiles();
    change(env, 'prepare');
    assert.equal(read('secret'), secretKey);
    const prepared = read('secret-before');
    assert.ok(prepared.length >= 64);
    assert.throws(() => change(env, 'prepare'), /SECRET_KEY_PREVIOUS is set\. If it was prepared/);
    assert.equal(read('secret-before'), prepared);
    change(env, 'swap');
    assert.deepEqual([read('secret'), read('secret-before')], [prepared, secretKey]);
    change(env, 'swap');
    assert.deepEqual([read('secret'), read('secret-before')], [secretKey, prepared]);
  });

  test('one key alone is changed where one is named', () => {
    const env = inFiles();
    assert.equal(change(env, 'rotate', ['SECRET_KEY']).written.length, 2);
    assert.equal(read('encryption'), encryptionKey);
  });

  test('a change that breaks off in the middle loses no key', () => {
    const env = inFiles();
    const { config } = loadConfig({ env, cwd });
    unlinkSync(file('secret'));
    symlinkSync('nowhere', file('secret'));
    assert.throws(
      () => changeKeys({ env, cwd }, config, { names: usualKeyNames, step: 'rotate' }),
      (error) =>
        error instanceof KeyChangeError && /secret cannot be replaced \(ENOENT\)/.test(error.message),
    );
    assert.equal(read('secret-before'), secretKey);
    assert.equal(read('encryption'), encryptionKey);
  });

  test('a file that is a link stays one, and what it leads to is replaced', () => {
    const env = inFiles();
    mkdirSync(file('mounted'));
    writeFileSync(file('mounted/key'), secretKey);
    unlinkSync(file('secret'));
    symlinkSync('mounted/key', file('secret'));
    change(env, 'rotate');
    assert.equal(read('secret'), read('mounted/key'));
    assert.notEqual(read('mounted/key'), secretKey);
  });

  test('keys that are set elsewhere are told, to be set', () => {
    const env = { DATABASE_URL: databaseUrl, SECRET_KEY: secretKey, ENCRYPTION_KEY: encryptionKey };
    const { toSet, written } = change(env, 'rotate');
    assert.deepEqual(written, []);
    const told = Object.fromEntries(toSet);
    assert.deepEqual(
      [told['SECRET_KEY_PREVIOUS'], told['ENCRYPTION_KEY_PREVIOUS']],
      [secretKey, encryptionKey],
    );
    const { config, warnings } = loadConfig({ env: { DATABASE_URL: databaseUrl, ...told }, cwd });
    assert.deepEqual(warnings, []);
    assert.equal(config.secretKeyPrevious, secretKey);
    assert.equal(Buffer.from(config.encryptionKey, 'base64').length, 32);
    assert.throws(() => change(env, 'swap'), /SECRET_KEY_PREVIOUS is not set/);
  });

  test('a key that followed from SECRET_KEY gets a value of its own', () => {
    const env = { DATABASE_URL: databaseUrl, SECRET_KEY: secretKey };
    const derived = loadConfig({ env, cwd }).config.encryptionKey;
    assert.equal(Object.fromEntries(change(env, 'rotate').toSet)['ENCRYPTION_KEY_PREVIOUS'], derived);
    assert.throws(() => change({ DATABASE_URL: databaseUrl }, 'rotate'), /SECRET_KEY is not set/);
  });

  test('a file for one of the two keys alone is refused, before anything is written', () => {
    const { ENCRYPTION_KEY_PREVIOUS_FILE: _left, ...env } = inFiles();
    assert.throws(
      () => change(env, 'rotate'),
      /ENCRYPTION_KEY_FILE is set and ENCRYPTION_KEY_PREVIOUS_FILE is not/,
    );
    assert.equal(read('secret'), secretKey);
  });

  test('the key of backups is changed where it is named, in files or told to be set; not where there is none', () => {
    const { BACKUP_DIR, ...env } = {
      BACKUP_DIR: 'backups',
      BACKUP_KEY: secretKey,
      DATABASE_URL: databaseUrl,
    };
    assert.throws(
      () => change({ DATABASE_URL: databaseUrl }, 'rotate', ['BACKUP_KEY']),
      /BACKUP_KEY is not set/,
    );
    const told = Object.fromEntries(change({ ...env, BACKUP_DIR }, 'rotate', ['BACKUP_KEY']).toSet);
    assert.equal(told['BACKUP_KEY_PREVIOUS'], secretKey);
    assert.ok((told['BACKUP_KEY'] ?? '').length >= 64);

    for (const [name, text] of [
      ['backup', secretKey],
      ['backup-before', ''],
    ] as const)
      writeFileSync(file(name), text);
    const files = { BACKUP_KEY_FILE: 'backup', BACKUP_KEY_PREVIOUS_FILE: 'backup-before' };
    const inBoth = { ...inFiles(), BACKUP_DIR, ...files };
    assert.equal(change(inBoth, 'rotate').written.length, 4, 'not without its name');
    assert.equal(read('backup'), secretKey);
    assert.equal(change(inBoth, 'rotate', ['BACKUP_KEY']).written.length, 2);
    assert.equal(read('backup-before'), secretKey);
    const { config } = loadConfig({ env: inBoth, cwd });
    assert.deepEqual([config.backupKey, config.backupKeyPrevious], [read('backup'), secretKey]);
  });

  test('keys that the program keeps itself are kept with the previous ones', () => {
    const { config: first } = loadConfig({ env: {}, cwd });
    const { written } = change({}, 'rotate');
    assert.deepEqual(written, [path.join(cwd, '.data', 'secrets.json')]);
    const { config: second } = loadConfig({ env: {}, cwd });
    assert.notEqual(second.secretKey, first.secretKey);
    assert.deepEqual(
      [second.secretKeyPrevious, second.encryptionKeyPrevious],
      [first.secretKey, first.encryptionKey],
    );
    assert.equal(statSync(written[0] ?? '').mode & 0o777, 0o600);
  });
});
