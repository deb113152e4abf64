import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { runCheckConfig } from './check-config.ts';
import { ConfigError, loadConfig } from './config.ts';
import type { ConfigInput } from './config.ts';
import { environments } from './setting.ts';
import { settings } from './settings.ts';

const signs = 'abcdefghijkmnpqrstuvwxyzACDFGHJKLMPQRSTUVWXYZ23456789';
/** Never part of a name, a sentence or another value by chance. */
const secret = fc
  .string({ unit: fc.constantFrom(...signs.split('')), minLength: 16, maxLength: 44 })
  .map((text) => `q7${text}`);

/** Ways in which a secret gets into a value, rightly and wrongly. */
const wrappings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `<${text}>`,
  (text) => `postgresql://lms:${text}@db.example.com:5432/lms`,
  (text) => `postgresql+psycopg2://${text}:x@db/lms?password=${text}`,
  (text) => `mysql://lms:${text}@db/lms`,
  (text) => `postgresql://lms:1/${text}@db/lms`,
  (text) => `postgresql://lms:1?${text}@db/lms`,
  (text) => `postgresql://lms:1#${text}@db/lms`,
  (text) => `rediss://:${text}@redis:6379/0`,
  (text) => `redis://:1#${text}@redis:6379/0`,
  (text) => `redis://:${text}@redis:6379/nought`,
  (text) => `${text}${text}${text}`,
];

const secretNames = settings.filter((setting) => 'isSecret' in setting).map(({ name }) => name);

suite('secrets', () => {
  let cwd = '';
  before(() => {
    cwd = mkdtempSync(path.join(tmpdir(), 'lms-config-'));
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));

  /** All that an operator or a log could come to see. */
  const showAll = (input: ConfigInput): string => {
    let shown = '';
    const write = (text: string) => {
      shown += text;
    };
    runCheckConfig({ ...input, args: [], write });
    try {
      const loaded = loadConfig(input);
      write(inspect(loaded, { depth: 9 }));
      write(JSON.stringify(loaded));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      write(inspect(error, { depth: 9 }));
      write(JSON.stringify(error));
    }
    return shown;
  };

  test('no secret shows in a reason, a warning, JSON, an inspection or check-config', () => {
    const value = fc.record({ text: secret, wrap: fc.constantFrom(...wrappings) });
    const values = fc.record(Object.fromEntries(secretNames.map((name) => [name, fc.option(value)])));
    fc.assert(
      fc.property(values, fc.constantFrom(...environments), fc.boolean(), (chosen, environment, inFile) => {
        const entries = Object.entries(chosen).flatMap(([name, item]) =>
          item === null ? [] : [[name, item.wrap(item.text)] as const],
        );
        const envFileText = entries.map(([name, text]) => `${name}='${text}'`).join('\n');
        const env = { ENVIRONMENT: environment, ...(!inFile && Object.fromEntries(entries)) };
        const shown = showAll({ env, cwd, ...(inFile && { envFileText }) });
        for (const item of Object.values(chosen)) {
          if (item !== null)
            assert.ok(!shown.includes(item.text), `${item.wrap(item.text)} shows:\n${shown}`);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('the keys that the program made itself do not show either', () => {
    const { config } = loadConfig({ env: {}, cwd });
    const shown = showAll({ env: {}, cwd });
    assert.ok(!shown.includes(config.secretKey) && !shown.includes(config.encryptionKey));
    assert.match(shown, /SECRET_KEY +set \(64 characters\)/);
  });

  test('secrets that have lost their meaning do not show', () => {
    const text = 'q7TopSecretOfTheBroker';
    const envFileText = `CELERY_BROKER_URL=redis://:${text}@h\nAZURE_STORAGE_CONNECTION_STRING=${text}\nSECRET_KY=${text}`;
    assert.ok(!showAll({ env: {}, envFileText, cwd }).includes(text));
  });
});
