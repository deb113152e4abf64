import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { allowsDemoData, ConfigError, isEmbedded, loadConfig } from './config.ts';

/** The three `.env` files of the Python system, as its operators have them. */
suite('the .env files of the former system', () => {
  let cwd = '';
  before(() => {
    cwd = mkdtempSync(path.join(tmpdir(), 'lms-config-'));
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));

  const load = (name: string) => {
    const envFileText = readFileSync(path.join(import.meta.dirname, 'fixtures', `seed-${name}.env`), 'utf8');
    return loadConfig({ env: {}, envFileText, cwd });
  };

  test('development starts, with warnings', () => {
    const { config, warnings } = load('development');
    assert.equal(config.databaseUrl, 'postgresql://lms:lms@localhost:5432/lms');
    assert.equal(config.redisUrl, 'redis://localhost:6379/0');
    assert.equal(config.accessTokenBlacklistEnabled, false);
    assert.deepEqual(config.corsOrigins, ['http://localhost:3000', 'http://localhost:5173']);
    assert.equal(allowsDemoData(config), false);
    assert.deepEqual(warnings, [
      'CELERY_BROKER_URL is obsolete and does nothing (jobs are kept in PostgreSQL): remove it',
      'CELERY_RESULT_BACKEND is obsolete and does nothing (jobs and their results are kept in PostgreSQL): remove it',
      'SQLALCHEMY_ECHO is obsolete and does nothing (LOG_LEVEL=debug logs more): remove it',
      'SECRET_KEY is well known, so others could make valid tokens: set at least 32 random characters, such as `openssl rand -base64 48` prints',
      'ENCRYPTION_KEY is not set: it is derived from SECRET_KEY, so that the two change together',
    ]);
  });

  test('production is refused, with every reason', () => {
    assert.throws(
      () => load('production'),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.deepEqual(error.reasons, [
          'SECRET_KEY is a placeholder that was never replaced: set it to at least 32 random characters, such as `openssl rand -base64 48` prints',
          'AZURE_STORAGE_CONNECTION_STRING is a placeholder that was never replaced: set it to the one that the Azure portal shows under "Access keys" of the storage account',
          'PUBLIC_URL is missing, and production needs it: set it to the address by which people reach this system, such as https://learn.example.edu',
          'ENCRYPTION_KEY is missing, and production needs it: set it to 32 random bytes in base64, such as `openssl rand -base64 32` prints',
          'SMTP_HOST is missing, and production needs it: set it to the mail server that takes our mails (without one, they reach nobody)',
          'DATABASE_URL has a password that everybody tries first: give the user of the database a random one',
          'DATABASE_URL connects without TLS to prod-db.postgres.database.azure.com, which is not on a private network: end the address with ?sslmode=verify-full',
          'REDIS_URL connects without TLS to prod-redis.redis.cache.windows.net, which is not on a private network: begin the address with rediss://',
        ]);
        assert.deepEqual(error.warnings, [
          'CELERY_BROKER_URL is obsolete and does nothing (jobs are kept in PostgreSQL): remove it',
          'Neither BACKUP_DIR nor BACKUP_AZURE_CONTAINER_NAME is set: no backups are made',
        ]);
        return true;
      },
    );
  });

  test('demo starts on the embedded database with demo data, without a warning', () => {
    const { config, warnings } = load('demo');
    assert.deepEqual(warnings, []);
    assert.equal(config.environment, 'demo');
    assert.ok(isEmbedded(config) && allowsDemoData(config));
    assert.equal(config.host, '127.0.0.1');
  });
});
