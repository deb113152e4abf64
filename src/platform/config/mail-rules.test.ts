import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { examineSettings } from './config.ts';
import { production } from './production-testing.ts';

function examine(env: Record<string, string>) {
  const { config, reasons, warnings } = examineSettings(
    { env: { ...production, ...env }, cwd: import.meta.dirname },
    { mayWrite: false },
  );
  const names = (lines: readonly string[]) => lines.map((line) => line.split(' ')[0]);
  return { config, reasons: names(reasons), warnings: names(warnings) };
}

suite('settings of mail', () => {
  test('production asks for TLS unless told otherwise, on the usual port', () => {
    const { config, reasons, warnings } = examine({});
    assert.deepEqual([reasons, warnings], [[], []]);
    assert.deepEqual([config.smtpUseTls, config.smtpUseSsl, config.smtpPort], [true, false, 587]);
    const implicit = examine({ SMTP_USE_SSL: 'true' }).config;
    assert.deepEqual([implicit.smtpUseTls, implicit.smtpUseSsl, implicit.smtpPort], [false, true, 465]);
    assert.equal(examine({ ENVIRONMENT: 'development' }).config.smtpUseTls, false);
  });

  const refused: Record<string, Record<string, string>> = {
    SMTP_USE_TLS: { SMTP_USE_TLS: 'true', SMTP_USE_SSL: 'true' },
    SMTP_PASSWORD: { SMTP_USERNAME: 'mailer' },
    SMTP_USERNAME: { SMTP_PASSWORD: 'seven-Herrings' },
    EMAIL_FROM: { EMAIL_FROM: '' },
  };
  for (const [name, env] of Object.entries(refused)) {
    test(`${JSON.stringify(env)} is refused by ${name}`, () => {
      assert.deepEqual(examine(env).reasons, [name]);
    });
  }

  test('a sender that is no address is refused', () => {
    for (const text of ['Academy', 'a@b@c', 'Academy <>', 'x <a b@example.edu>'])
      assert.deepEqual(examine({ EMAIL_FROM: text }).reasons, ['EMAIL_FROM'], text);
    for (const text of ['learn@example.edu', 'Academy, Ltd. <learn@example.edu>'])
      assert.deepEqual(examine({ EMAIL_FROM: text }).reasons, [], text);
  });

  test('a password in the clear is refused in production; mails in the clear are warned of', () => {
    const login = { SMTP_USERNAME: 'mailer', SMTP_PASSWORD: 'seven-Herrings', SMTP_USE_TLS: 'false' };
    assert.deepEqual(examine(login).reasons, ['SMTP_USE_TLS']);
    assert.deepEqual(examine({ ...login, SMTP_HOST: 'localhost' }).reasons, []);
    assert.deepEqual(examine({ SMTP_USE_TLS: 'false' }).warnings, ['SMTP_USE_TLS']);
  });

  test('no mail server is warned of, and so is one that is not used', () => {
    const none = { SMTP_HOST: '', SMTP_PORT: '25' };
    assert.deepEqual(examine({ ...none, ENVIRONMENT: 'staging' }).warnings, ['SMTP_PORT', 'SMTP_HOST']);
    assert.deepEqual(examine(none).reasons, ['SMTP_HOST']);
    const demo = { ENVIRONMENT: 'demo', DEMO_MODE: 'true', HOST: '127.0.0.1' };
    assert.ok(examine(demo).warnings.includes('SMTP_HOST'));
    const embedded = { ENVIRONMENT: 'development', DATABASE_URL: '', HOST: '127.0.0.1' };
    assert.deepEqual(examine(embedded).warnings, ['SMTP_HOST']);
    assert.deepEqual(examine({ ...embedded, DEMO_MODE: 'false' }).warnings, []);
  });

  test('a page of mails that others reach is warned of; staging and production refuse it', () => {
    const open = { OUTBOX_PAGE_ENABLED: 'true', HOST: '0.0.0.0' };
    const development = { ENVIRONMENT: 'development', SMTP_HOST: '' };
    assert.ok(examine({ ...development, ...open }).warnings.includes('OUTBOX_PAGE_ENABLED'));
    assert.ok(!examine({ ...development, ...open, HOST: '::1' }).warnings.includes('OUTBOX_PAGE_ENABLED'));
    for (const ENVIRONMENT of ['staging', 'production'])
      assert.deepEqual(examine({ ...open, ENVIRONMENT }).reasons, ['OUTBOX_PAGE_ENABLED']);
  });
});
