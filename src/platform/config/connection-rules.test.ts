import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { examineSettings } from './config.ts';
import { isPrivateHost } from './private-hosts.ts';
import { production } from './production-testing.ts';

const abroad = 'db.example.com';

function examine(env: Record<string, string>) {
  const { reasons, warnings } = examineSettings(
    { env: { ...production, ...env }, cwd: import.meta.dirname },
    { mayWrite: false },
  );
  return { reasons, warnings };
}
const withDatabase = (url: string) => examine({ DATABASE_URL: `postgresql://${url}` });
const refusesDatabase = (url: string) => withDatabase(url).reasons.length > 0;

suite('connections in staging and production', () => {
  test('what is a private network', () => {
    for (const host of [
      '',
      'db',
      'localhost',
      '127.0.0.1',
      '127.9.9.9',
      '10.0.0.4',
      '172.16.0.1',
      '172.31.255.255',
    ])
      assert.ok(isPrivateHost(host), host);
    for (const host of [
      '192.168.1.1',
      '[::1]',
      '[fd00::7]',
      'fc00::1',
      '/run/postgresql',
      'db.svc.cluster.local',
      'DB.Internal',
      'nas.home.arpa.',
    ])
      assert.ok(isPrivateHost(host), host);
    for (const host of [
      'db.example.com',
      '8.8.8.8',
      '172.15.0.1',
      '172.32.0.1',
      '11.0.0.1',
      '192.169.0.1',
      '169.254.169.254',
      '100.64.0.1',
    ])
      assert.ok(!isPrivateHost(host), host);
    for (const host of [
      '[2001:db8::1]',
      '[fe80::1]',
      '[::]',
      '0.0.0.0',
      'internal.example.com',
      'localhost.example',
      '10.0.0.1.example.com',
    ])
      assert.ok(!isPrivateHost(host), host);
  });

  test('a database on no private network is reached by TLS or not at all', () => {
    assert.deepEqual(withDatabase(`lms:q8Zt@${abroad}/lms`).reasons, [
      'DATABASE_URL connects without TLS to db.example.com, which is not on a private network: end the address with ?sslmode=verify-full',
    ]);
    for (const end of [
      '?sslmode=disable',
      '?sslmode=prefer',
      '?sslmode=allow',
      '?sslmode=',
      '?ssl=false',
      '?sslmode=verify-full&sslmode=disable',
    ])
      assert.ok(refusesDatabase(`lms:q8Zt@${abroad}/lms${end}`), end);
    for (const end of [
      '?sslmode=require',
      '?sslmode=verify-ca',
      '?sslmode=verify-full',
      '?ssl=true',
      '?sslmode=disable&sslmode=require',
    ])
      assert.deepEqual(withDatabase(`lms:q8Zt@${abroad}/lms${end}`), { reasons: [], warnings: [] }, end);
    for (const url of [
      'lms:q8Zt@10.1.2.3/lms',
      'lms:q8Zt@[fd12::1]:5432/lms',
      '/lms?host=/run/postgresql&user=lms',
    ])
      assert.deepEqual(withDatabase(url), { reasons: [], warnings: [] }, url);
    assert.ok(refusesDatabase(`lms:q8Zt@db/lms?host=${abroad}`), 'the parameter is where it connects');
  });

  test('encryption that does not look at the certificate is warned of', () => {
    for (const end of ['?sslmode=no-verify', '?ssl=no-verify', '?uselibpqcompat=true&sslmode=require']) {
      const { reasons, warnings } = withDatabase(`lms:q8Zt@${abroad}/lms${end}`);
      assert.deepEqual([reasons.length, warnings.length], [0, 1], end);
      assert.match(warnings.join(), /^DATABASE_URL encrypts, but does not look at the certificate/);
    }
  });

  test('Redis on no private network is reached by TLS or not at all', () => {
    assert.match(
      examine({ REDIS_URL: 'redis://:q8Zt@cache.example.com:6380' }).reasons.join(),
      /^REDIS_URL connects without TLS to cache\.example\.com/,
    );
    for (const url of ['rediss://:q8Zt@cache.example.com:6380', 'redis://10.0.0.9', 'redis://[::1]:6379/0'])
      assert.deepEqual(examine({ REDIS_URL: url }).reasons, [], url);
  });

  test('a password of the database that everybody tries first is refused, on a private network too', () => {
    for (const login of [
      'lms:lms',
      'lms:postgres',
      'x:Change-Me',
      'x:password123',
      'x:changeme!',
      'anna:anna',
      'x:academy',
      'x:%6Cms',
      'x:[secret]',
    ])
      assert.match(
        withDatabase(`${login}@db/academy`).reasons.join(),
        /^DATABASE_URL has a password that everybody tries first/,
        login,
      );
    assert.ok(refusesDatabase('x:q8Zt@db/academy?password=postgres'));
    for (const login of [
      'lms',
      'lms:q8Zt3vLw0Yb7',
      'lms:lms-of-the-north-wind',
      'lms:password-is-a-long-sentence',
    ])
      assert.deepEqual(withDatabase(`${login}@db/academy`).reasons, [], login);
    const development = examine({
      ENVIRONMENT: 'development',
      DATABASE_URL: 'postgresql://lms:lms@db.example.com/lms',
    });
    assert.deepEqual(development.reasons, []);
  });

  test('all that is wrong is said at once', () => {
    const { reasons } = examine({
      DATABASE_URL: `postgresql://lms:lms@${abroad}/lms`,
      REDIS_URL: `redis://${abroad}`,
      DEBUG: 'true',
      CORS_ORIGINS: '*',
      CSRF_ENABLED: 'false',
      ACCESS_TOKEN_BLACKLIST_ENABLED: 'false',
      ACCESS_TOKEN_BLACKLIST_FAIL_CLOSED: 'false',
      SECRET_KEY: 'change-me',
      SMTP_HOST: '',
    });
    assert.equal(reasons.length, 10, reasons.join('\n'));
  });

  test('the account of the owner is held to the same rules, is not alone, and is another than the one that serves', () => {
    const given = (owner: string, app = `lms_app:q8Zt@db/lms`) =>
      examine({ DATABASE_URL: `postgresql://${app}`, DATABASE_OWNER_URL: `postgresql://${owner}` });
    assert.deepEqual(given('lms:q8Zt4@db/lms'), { reasons: [], warnings: [] });
    assert.match(given('lms:lms@db/lms').reasons.join(), /^DATABASE_OWNER_URL has a password that everybody/);
    assert.match(given(`lms:q8Zt@${abroad}/lms`).reasons.join(), /^DATABASE_OWNER_URL connects without TLS/);
    assert.match(
      given('lms:q8Zt@db/lms', 'x:q8Zt@db/lms?user=lms').warnings.join(),
      /^DATABASE_URL and DATABASE_OWNER_URL name the same user/,
    );
    const alone = { env: { DATABASE_OWNER_URL: 'postgresql://lms:q8Zt@db/lms' }, cwd: import.meta.dirname };
    assert.match(
      examineSettings(alone, { mayWrite: false }).reasons.join(),
      /^DATABASE_OWNER_URL is set, but not DATABASE_URL/,
    );
  });
});
