import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { inspect } from 'node:util';
import { runCheckConfig } from './check-config.ts';
import { examineSettings } from './config.ts';
import { settings } from './settings.ts';
import type { Setting } from './setting.ts';

const strongKey = 'q8Zt3vLw0Yb7NcR5mXe2HsKj9UaGdPfT6oBi1WxV';
const databaseUrl = 'postgresql://lms:pass-of-the-database@db:5432/lms';

suite('secrets from files', () => {
  let cwd = '';
  before(() => {
    cwd = mkdtempSync(path.join(tmpdir(), 'lms-secrets-'));
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));

  const write = (name: string, content: string | Buffer): string => {
    const file = path.join(cwd, name);
    writeFileSync(file, content);
    return file;
  };
  const examine = (env: Record<string, string>, envFileText?: string) =>
    examineSettings({ env, envFileText, cwd }, { mayWrite: false });

  test('every secret of the table can come from a file', () => {
    const values: Record<string, string> = {
      databaseUrl,
      redisUrl: 'redis://:word@redis:6379/0',
      encryptionKey: 'p1Hq0l2tQ5mXv8yYw3bR7cZk9sN4dF6gJ0aLeTuVxWo=',
      secret: strongKey,
      pairs: 'authorization=Bearer%20abc',
    };
    const secrets = (settings as readonly Setting[]).filter(({ isSecret }) => isSecret === true);
    assert.ok(secrets.length >= 8);
    for (const { name, key, kind } of secrets) {
      const file = write(name, `${values[kind]}\n`);
      const config: Readonly<Record<string, unknown>> = examine({ [`${name}_FILE`]: file }).config;
      assert.equal(config[key], values[kind], name);
    }
  });

  test('the path may be relative, and stand in .env; line breaks and a byte order mark are no part of the secret', () => {
    write('key', `\uFEFF${strongKey}\r\n\n`);
    const { config, warnings } = examine({ DATABASE_URL: databaseUrl }, 'SECRET_KEY_FILE=key\n');
    assert.equal(config.secretKey, strongKey);
    assert.doesNotMatch(warnings.join(), /SECRET_KEY_FILE/);
  });

  test('a file that is missing, unreadable, empty or more than a secret is refused by its name, and only for that', () => {
    mkdirSync(path.join(cwd, 'folder'));
    for (const [file, problem] of [
      [path.join(cwd, 'missing'), /missing, which does not exist \(ENOENT\)/],
      [path.join(cwd, 'folder'), /folder, which is a folder \(EISDIR\)/],
      ['/proc/self/mem', /which cannot be read \(E[A-Z]+\): let this user read it/],
      [write('empty', ''), /empty, which is empty/],
      [write('blank', ' \n\n'), /blank, which is empty/],
      [write('two', `${strongKey}\n${strongKey}\n`), /two, which holds more than one line/],
      [write('large', Buffer.alloc(65_537, 'a')), /large, which is larger than a secret can be/],
    ] as const) {
      const { reasons } = examine({
        ENVIRONMENT: 'staging',
        SECRET_KEY_FILE: file,
        DATABASE_URL: databaseUrl,
        PUBLIC_URL: 'https://a.example',
        REDIS_URL: 'redis://redis',
        ENCRYPTION_KEY: 'p1Hq0l2tQ5mXv8yYw3bR7cZk9sN4dF6gJ0aLeTuVxWo=',
      });
      assert.equal(reasons.length, 1, reasons.join('\n'));
      assert.match(reasons.join(), /^SECRET_KEY_FILE names /);
      assert.match(reasons.join(), problem);
    }
  });

  test('an empty file of a previous key means that there is none', () => {
    const empty = write('empty', '\n');
    const { config, reasons } = examine({
      SECRET_KEY_PREVIOUS_FILE: empty,
      ENCRYPTION_KEY_PREVIOUS_FILE: empty,
    });
    assert.deepEqual([config.secretKeyPrevious, config.encryptionKeyPrevious, reasons], [null, null, []]);
  });

  test('a secret that is set twice is refused, wherever', () => {
    const file = write('key', strongKey);
    const refused = ['SECRET_KEY and SECRET_KEY_FILE are both set: keep one of them'];
    assert.deepEqual(examine({ SECRET_KEY: strongKey, SECRET_KEY_FILE: file }).reasons, refused);
    assert.deepEqual(examine({ SECRET_KEY: strongKey }, `SECRET_KEY_FILE=${file}`).reasons, refused);
    assert.deepEqual(examine({ SECRET_KEY: strongKey, SECRET_KEY_FILE: '' }).reasons, []);
  });

  test('a secret shows neither from its file nor where it was given in place of the path', () => {
    const file = write('key', `${strongKey}\nmore`);
    for (const given of [file, strongKey, `/${strongKey}`, `/${strongKey}/x`]) {
      let shown = '';
      const input = { env: { SECRET_KEY_FILE: given }, cwd };
      runCheckConfig({ ...input, args: [], write: (text) => void (shown += text) });
      shown += inspect(examineSettings(input, { mayWrite: false }), { depth: 9 });
      assert.ok(!shown.includes(strongKey), shown);
      assert.match(shown, /SECRET_KEY_FILE names/);
    }
  });

  test('a name with _FILE for what is no secret is reported', () => {
    const { warnings } = examine({}, 'PORT_FILE=x\n');
    assert.match(warnings.join(), /\.env has PORT_FILE, which is not a setting/);
  });
});
