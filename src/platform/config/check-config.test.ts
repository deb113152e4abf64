import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { parseEnv } from 'node:util';
import { runCheckConfig } from './check-config.ts';
import { examineSettings, loadConfig } from './config.ts';
import type { ConfigInput } from './config.ts';
import { envExamples } from './env-examples.ts';
import { settings } from './settings.ts';
import type { Setting } from './setting.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const readProjectFile = (name: string) => readFileSync(path.join(root, name), 'utf8');

suite('check-config', () => {
  let cwd = '';
  before(() => {
    cwd = mkdtempSync(path.join(tmpdir(), 'lms-config-'));
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));

  const check = (env: ConfigInput['env'], ...args: string[]) => {
    let output = '';
    const status = runCheckConfig({
      env,
      cwd,
      args,
      write: (text) => {
        output += text;
      },
    });
    return { status, output };
  };

  test('accepted settings: status 0, and every setting in force', () => {
    const { status, output } = check({ PORT: '81', SQLALCHEMY_ECHO: 'True' });
    assert.equal(status, 0);
    assert.match(output, /^The settings are accepted\.\n\nWarnings:\n {2}- SQLALCHEMY_ECHO is obsolete/);
    assert.match(output, /\n {2}PORT +81\n/);
    for (const { name } of settings) assert.match(output, new RegExp(`\n {2}${name} +\\S`));
  });

  test('refused settings: status 1, every reason, and the settings all the same', () => {
    const { status, output } = check({ ENVIRONMENT: 'production', PORT: 'x' });
    assert.equal(status, 1);
    assert.match(output, /^The settings do not let the program start\.\n\nReasons:\n {2}- PORT "x" is not/);
    assert.match(output, /\n {2}- SECRET_KEY is missing/);
    assert.match(output, /\n {2}PUBLIC_URL +not set\n/);
    assert.doesNotMatch(output, /first start/);
  });

  test('it writes nothing, and says what a first start would keep', () => {
    const { status, output } = check({});
    assert.equal(status, 0);
    assert.match(output, /made at the first start and kept in .*secrets\.json/);
    assert.deepEqual(readdirSync(cwd), []);
  });

  test('an unknown argument: status 2', () => {
    for (const args of [['--print'], ['constructor'], ['--print-table', 'x']]) {
      assert.equal(check({}, ...args).status, 2);
    }
  });

  test('docs/settings.md is what --print-table prints', () => {
    assert.equal(check({}, '--print-table').output, readProjectFile('docs/settings.md'));
  });

  for (const [file, environment] of Object.entries(envExamples)) {
    test(`${file} is what --print-env-example=${environment} prints, with every setting in it`, () => {
      const { status, output } = check({}, `--print-env-example=${environment}`);
      assert.deepEqual([status, output], [0, readProjectFile(file)]);
      const live = output.replaceAll(/^#(?=[A-Z0-9_]+=)/gm, '');
      assert.deepEqual(Object.keys(parseEnv(live)), settings.map(({ name }) => name).toSorted());
    });

    test(`${file} is refused for each placeholder in it, and accepted once they are filled`, () => {
      const envFileText = readProjectFile(file);
      const report = (text: string) =>
        examineSettings({ env: {}, envFileText: text, cwd }, { mayWrite: false });
      const open = Object.entries(parseEnv(envFileText)).filter(([, value]) => value?.startsWith('<'));
      assert.ok(open.length >= 2);
      for (const [left] of open) {
        const { reasons } = report(fill(envFileText, (name) => name !== left));
        assert.deepEqual(
          reasons.map((reason) => reason.split(' a placeholder')[0]),
          [`${left} is`],
        );
      }
      assert.equal(report(envFileText).reasons.length, open.length);
      const { config, reasons, warnings } = report(fill(envFileText, () => true));
      assert.deepEqual(reasons, []);
      assert.deepEqual(
        warnings.filter((warning) => !expectedWarnings.test(warning)),
        [],
      );
      assert.equal(config.environment, environment);
    });
  }

  test('.env.example without its placeholders changes nothing, with or without its settings commented in', () => {
    const commented = readProjectFile('.env.example').replaceAll(/^[A-Z_]+=<.*>$/gm, '');
    const live = commented.replaceAll(/^#(?=[A-Z0-9_]+=)/gm, '');
    const { config } = loadConfig({ env: {}, cwd });
    for (const envFileText of [commented, live]) {
      const loaded = loadConfig({ env: {}, envFileText, cwd });
      assert.deepEqual(loaded.warnings, []);
      assert.deepEqual({ ...loaded.config }, { ...config });
    }
  });
});

/** Staging may be without a mail server, and a demo is open to everybody: both told. */
const expectedWarnings = /^(?:SMTP_HOST is not set|HOST is 0\.0\.0\.0)/;

const filled: Readonly<Record<string, string>> = {
  PUBLIC_URL: 'https://learn.example.edu',
  DATABASE_URL: 'postgresql://lms:q8Zt3vLw0Yb7@db.example.com:5432/lms?sslmode=verify-full',
  REDIS_URL: 'rediss://:q8Zt3vLw0Yb7@cache.example.com:6380/0',
  SECRET_KEY: randomBytes(48).toString('base64'),
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  SMTP_HOST: 'mail.example.edu',
  SMTP_USERNAME: 'mailer',
  SMTP_PASSWORD: 'seven-Herrings',
  EMAIL_FROM: '"Academy <learn@example.edu>"',
  BACKUP_DIR: '/mnt/backups',
  BACKUP_KEY: randomBytes(48).toString('base64'),
};

/** The text of an example with the placeholders replaced whose names are chosen. */
function fill(text: string, isChosen: (name: string) => boolean): string {
  return text.replaceAll(/^([A-Z_]+)=<.*>$/gm, (line, name: string) =>
    isChosen(name) ? `${name}=${filled[name] ?? assert.fail(name)}` : line,
  );
}

suite('the table of settings', () => {
  test('names and keys agree, and each stands once', () => {
    for (const { name, key } of settings) {
      const camelCase = name
        .toLowerCase()
        .replaceAll(/_(.)/g, (_all, letter: string) => letter.toUpperCase());
      assert.equal(key, camelCase);
    }
    assert.equal(new Set(settings.map(({ name }) => name)).size, settings.length);
  });

  test('every description is one sentence, and what is required says what to set', () => {
    for (const { name, description, requiredIn, hint } of settings as readonly Setting[]) {
      assert.match(description, /^[A-Z].*[^.]\.$/, name);
      assert.ok(requiredIn === undefined || hint !== undefined, name);
    }
  });

  test('VERSION is the version of the package unless it is set', () => {
    const manifest: unknown = JSON.parse(readProjectFile('package.json'));
    assert.ok(typeof manifest === 'object' && manifest !== null && 'version' in manifest);
    const row = settings.find(({ name }) => name === 'VERSION');
    assert.equal(row?.default, manifest.version);
  });
});
