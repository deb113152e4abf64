import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { allowsDemoData, ConfigError, loadConfig } from './config.ts';
import { environments } from './setting.ts';
import type { ConfigInput } from './config.ts';

const strongKey = 'q8Zt3vLw0Yb7NcR5mXe2HsKj9UaGdPfT6oBi1WxV';
const otherStrongKey = 'Vx4Wi1oB6Tf2PdGaU9jKsH7eXm5RcN0bYwLv3tZq';
const encryptionKey = 'p1Hq0l2tQ5mXv8yYw3bR7cZk9sN4dF6gJ0aLeTuVxWo=';
const databaseUrl = 'postgresql://lms:pass-of-the-database@db:5432/lms';
const production = {
  ENVIRONMENT: 'production',
  DATABASE_URL: databaseUrl,
  REDIS_URL: 'redis://redis:6379/0',
  SECRET_KEY: strongKey,
  ENCRYPTION_KEY: encryptionKey,
  PUBLIC_URL: 'https://learn.example.edu',
  SMTP_HOST: 'mail.example.edu',
  EMAIL_FROM: 'learn@example.edu',
  BACKUP_DIR: '/backups',
  BACKUP_KEY: otherStrongKey,
};

suite('loadConfig', () => {
  let cwd = '';
  before(() => {
    cwd = mkdtempSync(path.join(tmpdir(), 'lms-config-'));
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));

  const load = (env: ConfigInput['env'], rest: Partial<ConfigInput> = {}) =>
    loadConfig({ env, cwd, ...rest });
  const refuse = (env: ConfigInput['env'], rest: Partial<ConfigInput> = {}): string[] => {
    try {
      load(env, rest);
    } catch (error) {
      if (error instanceof ConfigError) return error.reasons;
      throw error;
    }
    return assert.fail('the settings were accepted');
  };
  const names = (lines: string[]) => lines.map((line) => line.split(' ')[0]);

  test('with nothing set, the embedded default starts without a warning', () => {
    const { config, warnings } = load({});
    assert.deepEqual(warnings, []);
    const { secretKey: _secret, encryptionKey: _encryption, ...rest } = config;
    assert.deepEqual(
      { ...rest },
      {
        projectName: 'LMS Backend',
        version: '1.0.0',
        environment: 'development',
        debug: false,
        apiV1Prefix: '/api/v1',
        enableApiDocs: true,
        databaseUrl: null,
        databaseOwnerUrl: null,
        redisUrl: null,
        secretKeyPrevious: null,
        encryptionKeyPrevious: null,
        azureKeyvaultUrl: null,
        backupDir: null,
        backupAzureContainerName: null,
        backupAzureStorageConnectionString: null,
        backupAzureStorageAccountUrl: null,
        backupKey: null,
        backupKeyPrevious: null,
        backupKeepDays: 7,
        backupKeepWeeks: 5,
        backupKeepMonths: 12,
        auditRetentionDays: 730,
        apiKeyRetentionDays: 90,
        dataExportKeepDays: 7,
        deactivatedAccountEraseDays: 0,
        idempotencyKeyRetentionDays: 1,
        mailRetentionDays: 90,
        notificationReadRetentionDays: 90,
        notificationRetentionDays: 365,
        sessionRetentionDays: 7,
        taskRetentionDays: 90,
        webhookDeliveryRetentionDays: 30,
        algorithm: 'HS256',
        accessTokenExpireMinutes: 15,
        refreshTokenExpireDays: 30,
        sessionLifetimeDays: 90,
        accessTokenBlacklistEnabled: true,
        accessTokenBlacklistFailClosed: true,
        corsOrigins: [],
        csrfEnabled: true,
        trustedProxies: [],
        publicUrl: 'http://localhost:8000',
        frontendUrl: null,
        smtpHost: null,
        smtpPort: 587,
        smtpUsername: null,
        smtpPassword: null,
        smtpUseTls: false,
        smtpUseSsl: false,
        emailFrom: 'LMS Backend <no-reply@localhost>',
        outboxPageEnabled: false,
        reminderAfterDays: 14,
        requireEmailVerificationForLogin: false,
        demoMode: null,
        host: '127.0.0.1',
        port: 8000,
        metricsPort: 9100,
        dataDir: path.join(cwd, '.data'),
        fileStorageProvider: 'local',
        uploadsDir: path.join(cwd, '.data', 'uploads'),
        azureStorageConnectionString: null,
        azureStorageAccountUrl: null,
        azureClientId: null,
        azureStorageContainerName: 'lms',
        azureStorageDownloads: 'proxy',
        logLevel: 'info',
        otelExporterOtlpEndpoint: null,
        otelExporterOtlpHeaders: null,
        otelExporterOtlpProtocol: 'http/protobuf',
        otelExporterOtlpTimeout: 10_000,
        otelExporterOtlpCompression: 'none',
        otelTracesSampler: 'traceidratio',
        otelTracesSamplerArg: 1,
        otelServiceName: null,
        otelResourceAttributes: null,
        otelSdkDisabled: false,
        webhooksAllowPrivateAddresses: false,
        ssoAllowPrivateAddresses: false,
        databasePoolSize: 10,
        databasePreparedStatements: true,
        databaseStatementTimeoutMs: 15_000,
        databaseLockTimeoutMs: 5000,
        databaseIdleInTransactionTimeoutMs: 30_000,
        shutdownTimeoutSeconds: 25,
        certificateIssuer: 'LMS Backend',
        uploadLimitBytes: 2_147_483_648,
        uploadQuotaBytes: 10_737_418_240,
        uploadAllowedTypes: [],
        uploadTimeoutSeconds: 3600,
        uploadIdleTimeoutSeconds: 30,
        fileUrlExpireMinutes: 120,
        fileUnusedDays: 7,
        clamdUrl: null,
        requestBodyLimitBytes: 1_048_576,
        rateLimitsEnabled: true,
        rateLimitReadsPerMinute: 1200,
        rateLimitWritesPerMinute: 600,
        rateLimitAnonymousPerMinute: 6000,
        rateLimitLoginsPerMinute: 300,
        erasureGraceDays: 30,
        eventStreamsMax: 10_000,
      },
    );
    assert.equal(Buffer.from(config.encryptionKey, 'base64').length, 32);
    assert.equal(Buffer.from(config.secretKey, 'base64').length, 48);
  });

  test('the embedded default keeps the keys that it made', () => {
    const [first, second] = [load({}).config, load({}).config];
    assert.equal(second.secretKey, first.secretKey);
    assert.equal(second.encryptionKey, first.encryptionKey);
  });

  test('a key that is set goes before the kept one, and the other stays kept', () => {
    const kept = load({}).config;
    const { config } = load({ SECRET_KEY: strongKey });
    assert.equal(config.secretKey, strongKey);
    assert.equal(config.encryptionKey, kept.encryptionKey);
  });

  test('the environment goes before the file, and an empty value means not set', () => {
    const envFileText = 'PORT=4000\nPROJECT_NAME=From the file\nHOST=0.0.0.0\n';
    const { config } = load({ PORT: '5000', HOST: '' }, { envFileText });
    assert.equal(config.port, 5000);
    assert.equal(config.projectName, 'From the file');
    assert.equal(config.host, '127.0.0.1');
  });

  test('overrides go before both, and the rules hold for them too', () => {
    assert.equal(load({ PORT: '5000' }, { overrides: { port: 0 } }).config.port, 0);
    assert.equal(
      load({ DATABASE_URL: databaseUrl }, { overrides: { databaseUrl: null } }).config.databaseUrl,
      null,
    );
    assert.deepEqual(names(refuse(production, { overrides: { databaseUrl: null, demoMode: true } })), [
      'DATABASE_URL',
      'DEMO_MODE',
    ]);
  });

  test('defaults follow from other settings', () => {
    const { config } = load({ DATABASE_URL: databaseUrl, PORT: '81', DEBUG: 'yes', PROJECT_NAME: 'Academy' });
    assert.equal(config.host, '0.0.0.0');
    assert.equal(config.publicUrl, 'http://localhost:81');
    assert.equal(config.logLevel, 'debug');
    assert.equal(config.certificateIssuer, 'Academy');
    const chosen = load({
      DEBUG: '1',
      LOG_LEVEL: 'ERROR',
      CERTIFICATE_ISSUER: 'Board',
      PUBLIC_URL: 'http://lms/',
    });
    assert.equal(chosen.config.logLevel, 'error');
    assert.equal(chosen.config.certificateIssuer, 'Board');
    assert.equal(chosen.config.publicUrl, 'http://lms');
  });

  test('all that is wrong is said at once', () => {
    const wrong = {
      PORT: '70000',
      DEBUG: 'maybe',
      ALGORITHM: 'RS256',
      LOG_LEVEL: 'loud',
      API_V1_PREFIX: 'api',
    };
    assert.deepEqual(refuse(wrong), [
      'DEBUG "maybe" is not true or false',
      'LOG_LEVEL "loud" is not known; trace, debug, info, warn, error, fatal, silent are accepted',
      'PORT "70000" is not a whole number from 0 to 65535',
      'API_V1_PREFIX "api" is not a path such as /api/v1',
      'ALGORITHM "RS256" is not known; only HS256 is accepted',
    ]);
  });

  test('a sound production starts without a warning and without the docs page', () => {
    const { config, warnings } = load(production);
    assert.deepEqual(warnings, []);
    assert.equal(config.enableApiDocs, false);
    assert.equal(config.secretKey, strongKey);
  });

  test('production refuses what is unsafe in it, each by name', () => {
    assert.deepEqual(names(refuse({ ENVIRONMENT: 'production' })), [
      'PUBLIC_URL',
      'DATABASE_URL',
      'REDIS_URL',
      'SECRET_KEY',
      'ENCRYPTION_KEY',
      'SMTP_HOST',
    ]);
    const cases: Record<string, string> = {
      DEMO_MODE: 'true',
      DEBUG: 'true',
      WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: 'true',
      PUBLIC_URL: 'http://learn.example.edu',
      FRONTEND_URL: 'http://app.example.edu',
      CORS_ORIGINS: 'https://app.example.edu,*',
      SECRET_KEY: 'too-short',
      SECRET_KEY_PREVIOUS: 'change-me',
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      CSRF_ENABLED: 'off',
      ACCESS_TOKEN_BLACKLIST_ENABLED: 'no',
      ACCESS_TOKEN_BLACKLIST_FAIL_CLOSED: 'no',
      SMTP_HOST: '',
    };
    for (const [name, value] of Object.entries(cases)) {
      assert.deepEqual(names(refuse({ ...production, [name]: value })), [name]);
    }
  });

  test('staging refuses the same but for http and the missing mail server', () => {
    const staging = { ...production, ENVIRONMENT: 'staging' };
    const wrong = {
      DEMO_MODE: 'on',
      DEBUG: 'on',
      CSRF_ENABLED: 'off',
      ACCESS_TOKEN_BLACKLIST_ENABLED: 'off',
      ACCESS_TOKEN_BLACKLIST_FAIL_CLOSED: 'off',
      WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: 'on',
      CORS_ORIGINS: '*',
    };
    assert.deepEqual(names(refuse({ ENVIRONMENT: 'staging', ...wrong })), [
      'PUBLIC_URL',
      'DATABASE_URL',
      'REDIS_URL',
      'SECRET_KEY',
      'ENCRYPTION_KEY',
      ...Object.keys(wrong),
    ]);
    const lax = { ...staging, PUBLIC_URL: 'http://staging', SMTP_HOST: '' };
    assert.deepEqual(names(load(lax).warnings), ['SMTP_HOST']);
  });

  test('a placeholder that was left in is refused everywhere, and nothing else is said of it', () => {
    const left = {
      SECRET_KEY: '<random>',
      PUBLIC_URL: '<address>',
      DATABASE_URL: 'postgresql://lms:<password>@db/lms',
      REDIS_URL: '<redis>',
      SMTP_HOST: '<host>',
      EMAIL_FROM: '<the sender>',
    };
    for (const environment of environments) {
      const reasons = refuse({ ...production, ...left, ENVIRONMENT: environment });
      assert.deepEqual(names(reasons).toSorted(), Object.keys(left).toSorted(), environment);
      for (const reason of reasons) assert.match(reason, /^[A-Z_]+ is a placeholder that was never replaced/);
    }
    assert.deepEqual(refuse(production, { overrides: { demoMode: true } }).length, 1);
  });

  test('a refused start writes nothing', () => {
    refuse({ PORT: 'x', DATA_DIR: 'never-made' });
    refuse({ ENVIRONMENT: 'staging', DATA_DIR: 'never-made' });
    assert.equal(existsSync(path.join(cwd, 'never-made')), false);
  });

  for (const environment of ['development', 'demo', 'test']) {
    test(`a weak SECRET_KEY warns in ${environment}`, () => {
      const { warnings } = load({ ENVIRONMENT: environment, SECRET_KEY: 'change-me-in-development' });
      assert.deepEqual(names(warnings), ['SECRET_KEY']);
    });
  }

  test('with a database and without keys, the keys last until the program stops, and it says so', () => {
    const env = { DATABASE_URL: databaseUrl };
    const [first, second] = [load(env), load(env)];
    assert.notEqual(first.config.secretKey, second.config.secretKey);
    assert.deepEqual(names(first.warnings), ['SECRET_KEY', 'ENCRYPTION_KEY']);
    assert.equal(Buffer.from(first.config.encryptionKey, 'base64').length, 32);
    assert.deepEqual(names(load({ ...env, ENCRYPTION_KEY: encryptionKey }).warnings), ['SECRET_KEY']);
  });

  test('a derived ENCRYPTION_KEY is the same for the same SECRET_KEY and rotates with it', () => {
    const before = load({ DATABASE_URL: databaseUrl, SECRET_KEY: strongKey });
    const rotating = load({
      DATABASE_URL: databaseUrl,
      SECRET_KEY: otherStrongKey,
      SECRET_KEY_PREVIOUS: strongKey,
    });
    assert.deepEqual(names(before.warnings), ['ENCRYPTION_KEY']);
    assert.notEqual(rotating.config.encryptionKey, before.config.encryptionKey);
    assert.equal(rotating.config.encryptionKeyPrevious, before.config.encryptionKey);
    assert.equal(rotating.config.secretKeyPrevious, strongKey);
  });

  test('ENCRYPTION_KEY is taken in base64, base64url and hex', () => {
    const bytes = Buffer.from(encryptionKey, 'base64');
    for (const text of [encryptionKey, bytes.toString('base64url'), bytes.toString('hex')]) {
      assert.equal(load({ ...production, ENCRYPTION_KEY: text }).config.encryptionKey, encryptionKey);
    }
    assert.deepEqual(names(refuse({ ...production, ENCRYPTION_KEY: 'c2hvcnQ=' })), ['ENCRYPTION_KEY']);
  });

  test('demo data is for the embedded default unless DEMO_MODE is false, and never for staging and production', () => {
    const allows = (env: Record<string, string>) => allowsDemoData(load(env).config);
    for (const ENVIRONMENT of ['development', 'demo', 'test']) {
      const env = { ENVIRONMENT, HOST: '127.0.0.1' };
      const embedded = ['', 'true', 'false'].map((DEMO_MODE) => allows({ ...env, DEMO_MODE }));
      assert.deepEqual(embedded, [true, true, false], ENVIRONMENT);
      const other = ['', 'true', 'false'].map((DEMO_MODE) =>
        allows({ ...env, DEMO_MODE, DATABASE_URL: databaseUrl }),
      );
      assert.deepEqual(other, [false, true, false], ENVIRONMENT);
    }
    for (const environment of ['staging', 'production'] as const)
      assert.equal(allowsDemoData({ environment, demoMode: true, databaseUrl: null }), false);
  });

  test('demo accounts within reach of others are warned of', () => {
    assert.deepEqual(names(load({ HOST: '0.0.0.0' }).warnings), ['HOST']);
    assert.deepEqual(names(load({ HOST: 'localhost' }).warnings), []);
    assert.deepEqual(names(load({ HOST: '0.0.0.0', DEMO_MODE: 'false' }).warnings), []);
  });

  test('production warns of what weakens it', () => {
    const { warnings } = load({
      ...production,
      DATABASE_URL: 'postgresql://lms:x@db.example.com/lms?sslmode=no-verify',
      TRUSTED_PROXIES: '0.0.0.0/0',
      RATE_LIMITS_ENABLED: 'off',
      SSO_ALLOW_PRIVATE_ADDRESSES: 'on',
    });
    const weak = ['DATABASE_URL', 'RATE_LIMITS_ENABLED', 'SSO_ALLOW_PRIVATE_ADDRESSES', 'TRUSTED_PROXIES'];
    assert.deepEqual(names(warnings).toSorted(), weak);
  });

  test('the settings cannot be changed', () => {
    const { config } = load(production);
    assert.throws(() => Object.assign(config, { port: 1 }), TypeError);
    assert.throws(() => config.corsOrigins.push('https://elsewhere.example'), TypeError);
  });
});
