import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readEnvFile, warnOfEnvironment, warnOfFile, warnOfNames } from './env-file.ts';

const warn = (text: string) => warnOfFile(text, readEnvFile(text), '.env');

suite('.env', () => {
  test('an unknown name is reported with the nearest known one', () => {
    assert.deepEqual(warn('DATABSE_URL=x\nSERCET_KEY=y\nport=3\n'), [
      '.env has DATABSE_URL, which is not a setting: did you mean DATABASE_URL?',
      '.env has SERCET_KEY, which is not a setting: did you mean SECRET_KEY?',
      '.env has port, which is not a setting: did you mean PORT?',
    ]);
  });

  test('a name that is near to none is reported without a guess', () => {
    assert.deepEqual(warn('ZZZZZZZZ=1\n'), [
      '.env has ZZZZZZZZ, which is not a setting: docs/settings.md lists them',
    ]);
  });

  test('a piece of a key that was broken over lines is not repeated', () => {
    const text = 'SECRET_KEY=abc\nqT7xLm3/KwPz9=\nQ7xLm3KwPz9Vb=\nqT7xLm3KwPz9\n';
    for (const line of warn(text)) assert.doesNotMatch(line, /Lm3/);
    assert.equal(warn(text).length, 3);
  });

  test('a line that is no name and value is reported by its number, a value over several lines is not', () => {
    const text = '# comment\nPROJECT_NAME="two\nlines"\n\nDEBUG True\nexport PORT=1\n';
    assert.deepEqual(warn(text), ['.env line 5 is not NAME=VALUE and is passed over']);
  });

  test("what Docker Compose reads and the program's own names are no reason to warn", () => {
    assert.deepEqual(warn('POSTGRES_PASSWORD=x\nPORT=1\nCELERY_BROKER_URL=x\n'), []);
  });

  test('ENV_FILE in the file is said to do nothing there', () => {
    assert.deepEqual(warn('ENV_FILE=x\n'), ['.env has ENV_FILE, which counts in the environment only']);
  });

  test('a slip in the environment is reported, and names of other programs are not', () => {
    assert.deepEqual(warnOfEnvironment({ SMTP_PROT: '1', DATABASE_POOLSIZE: '2' }), [
      'SMTP_PROT is set in the environment and is not a setting: did you mean SMTP_PORT?',
      'DATABASE_POOLSIZE is set in the environment and is not a setting: did you mean DATABASE_POOL_SIZE?',
    ]);
    const others = [
      'AZURE_TENANT_ID',
      'HOSTNAME',
      'SMTP_PORT',
      'SMTP_PASS',
      'PATH',
      'LOGNAME',
      'REDIS_VERSION',
    ];
    assert.deepEqual(warnOfEnvironment(Object.fromEntries(others.map((name) => [name, 'x']))), []);
  });

  test('a file of another name is called by it', () => {
    const text = 'PROT=1\nDEBUG True\n';
    const lines = warnOfFile(text, readEnvFile(text), 'staging.env');
    assert.match(lines[0] ?? '', /^staging\.env has PROT/);
    assert.match(lines[1] ?? '', /^staging\.env line 2 /);
  });

  test('obsolete names are reported once each', () => {
    const lines = warnOfNames({ SQLALCHEMY_ECHO: 'True', PORT: '1' });
    assert.deepEqual(lines, [
      'SQLALCHEMY_ECHO is obsolete and does nothing (LOG_LEVEL=debug logs more): remove it',
    ]);
  });

  test('a file from Windows is read as any other', () => {
    assert.deepEqual({ ...readEnvFile('\uFEFFPORT=1\r\nHOST=a\r\n') }, { PORT: '1', HOST: 'a' });
    assert.deepEqual(warn('\uFEFFPORT=1\r\n\r\n# x\r\n'), []);
  });
});
