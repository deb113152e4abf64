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
