import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from './config.ts';
import { production } from './production-testing.ts';

test('production and staging confirm addresses first, unless told otherwise, which they are warned of', () => {
  const load = (env: Record<string, string>) => loadConfig({ env, cwd: '/' });
  for (const ENVIRONMENT of ['production', 'staging']) {
    const strict = { ...production, ENVIRONMENT };
    assert.equal(load(strict).config.requireEmailVerificationForLogin, true);
    const { config, warnings } = load({ ...strict, REQUIRE_EMAIL_VERIFICATION_FOR_LOGIN: 'false' });
    assert.equal(config.requireEmailVerificationForLogin, false);
    assert.ok(warnings.some((warning) => warning.startsWith('REQUIRE_EMAIL_VERIFICATION_FOR_LOGIN')));
  }
  const { config } = load({ ENVIRONMENT: 'test', DATABASE_URL: 'postgresql://u:p@db:5432/lms' });
  assert.equal(config.requireEmailVerificationForLogin, false);
});

test('nobody is erased without a day in which the mail that tells of it comes', () => {
  const load = (days: string) =>
    loadConfig({
      env: { ENVIRONMENT: 'test', DATABASE_URL: 'postgresql://u:p@db:5432/lms', ERASURE_GRACE_DAYS: days },
      cwd: '/',
    });
  assert.throws(() => load('0'), /ERASURE_GRACE_DAYS/);
  assert.equal(load('1').config.erasureGraceDays, 1);
});
