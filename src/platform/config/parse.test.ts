import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseSetting } from './parse.ts';
import { settings } from './settings.ts';
import type { Setting } from './setting.ts';

const parse = (name: string, text: string) => {
  const setting = (settings as readonly Setting[]).find((row) => row.name === name);
  assert.ok(setting, name);
  return parseSetting(setting, text, '/srv/lms');
};
const value = (name: string, text: string) => {
  const parsed = parse(name, text);
  return 'value' in parsed ? parsed.value : assert.fail(`${name} ${parsed.problem}`);
};
const problem = (name: string, text: string) => {
  const parsed = parse(name, text);
  return 'problem' in parsed ? parsed.problem : assert.fail(`${name}=${text} was accepted`);
};

suite('values of settings', () => {
  test('booleans are true or false, 1 or 0, yes or no, on or off, in any case', () => {
    for (const text of ['True', 'true', '1', 'yes', 'ON']) assert.equal(value('DEBUG', text), true);
    for (const text of ['False', 'FALSE', '0', 'No', 'off']) assert.equal(value('DEBUG', text), false);
    for (const text of ['2', 't', 'constructor']) problem('DEBUG', text);
  });

  test('whole numbers stay within their range', () => {
    assert.equal(value('ACCESS_TOKEN_EXPIRE_MINUTES', '1440'), 1440);
    for (const text of ['0', '1441', '1.5', '1e2', '0x10', '15m', '-1'])
      problem('ACCESS_TOKEN_EXPIRE_MINUTES', text);
  });

  test("DATABASE_URL takes SQLAlchemy's spellings and keeps the rest byte for byte", () => {
    const rest = 'u%40x:p%2Fw@h:5432/lms?sslmode=require&application_name=A';
    for (const scheme of [
      'postgresql',
      'postgres',
      'postgresql+psycopg2',
      'postgresql+asyncpg',
      'PostgreSQL',
    ]) {
      assert.equal(value('DATABASE_URL', `${scheme}://${rest}`), `postgresql://${rest}`);
    }
    const socket = 'postgresql:///lms?host=/var/run/postgresql';
    assert.equal(value('DATABASE_URL', socket), socket);
  });

  test('DATABASE_URL of another database, without one, or with a bare sign in the password is refused unseen', () => {
    assert.match(problem('DATABASE_URL', 'mysql://u:hidden@h/lms'), /postgresql:\/\//);
    assert.match(problem('DATABASE_URL', 'postgresql://u:hidden@h'), /names no database/);
    for (const password of ['12/34', '12?34', '12#34', 'hid/den', 'hid den']) {
      const reason = problem('DATABASE_URL', `postgresql://u:${password}@h/lms`);
      assert.match(reason, /%2F/);
      assert.ok(!reason.includes(password));
    }
  });

  test('REDIS_URL is redis:// or rediss:// with at most the number of a database', () => {
    for (const text of ['redis://h', 'rediss://:p@h:6380/1', 'redis://h/'])
      assert.equal(value('REDIS_URL', text), text);
    for (const text of ['http://h', 'h:6379', 'redis://h/x', 'redis://:a#b@h', 'redis://'])
      problem('REDIS_URL', text);
  });

  test('PUBLIC_URL is scheme and host alone, and loses its last slash', () => {
    assert.equal(value('PUBLIC_URL', 'https://Learn.Example.edu/'), 'https://learn.example.edu');
    assert.equal(value('PUBLIC_URL', 'http://localhost:8000'), 'http://localhost:8000');
    const wrong = [
      'learn.example.edu',
      'ftp://h',
      'https://h/lms',
      'https://h?x=1',
      'https://u:hidden@h',
      'https://h#x',
    ];
    for (const text of wrong) assert.doesNotMatch(problem('PUBLIC_URL', text), /hidden/);
  });

  test('CORS_ORIGINS is a list of origins, each once', () => {
    assert.deepEqual(value('CORS_ORIGINS', ' https://a.example/ , http://b:3000,, https://a.example'), [
      'https://a.example',
      'http://b:3000',
    ]);
    assert.deepEqual(value('CORS_ORIGINS', '*'), ['*']);
    assert.match(
      problem('CORS_ORIGINS', 'https://a,b.example,https://c/path'),
      /"b\.example".*"https:\/\/c\/path"/,
    );
  });

  test('TRUSTED_PROXIES is a list of addresses, ranges and three names', () => {
    const good = '127.0.0.1,10.0.0.0/8,::1,fd00::/8,loopback,LinkLocal,uniquelocal';
    assert.deepEqual(value('TRUSTED_PROXIES', good), good.toLowerCase().split(','));
    for (const text of ['10.0.0.0/33', 'fd00::/129', '10.0.0', 'proxy', '10.0.0.0/8/8', '10.0.0.0/']) {
      problem('TRUSTED_PROXIES', text);
    }
  });

  test('UPLOAD_ALLOWED_TYPES is a list of media types and ranges of them', () => {
    assert.deepEqual(value('UPLOAD_ALLOWED_TYPES', 'image/*, Application/PDF'), [
      'image/*',
      'application/pdf',
    ]);
    for (const text of ['pdf', '*/*', 'image/', '/png', 'image/p*', 'image/png; q=1'])
      problem('UPLOAD_ALLOWED_TYPES', text);
  });

  test('CLAMD_URL is tcp:// with a port, or unix: with a path', () => {
    for (const text of [
      'tcp://clamd:3310',
      'tcp://[::1]:3310',
      'unix:/run/clamd.sock',
      'unix:///run/clamd.sock',
    ])
      assert.equal(value('CLAMD_URL', text), text);
    for (const text of [
      'clamd:3310',
      'tcp://clamd',
      'http://clamd:3310',
      'unix:clamd.sock',
      '/run/clamd.sock',
    ])
      problem('CLAMD_URL', text);
  });

  test('OTEL_EXPORTER_OTLP_ENDPOINT is a base address, whose path stays and which holds no secret', () => {
    const name = 'OTEL_EXPORTER_OTLP_ENDPOINT';
    assert.equal(value(name, 'http://collector:4318/'), 'http://collector:4318');
    assert.equal(value(name, 'https://otlp.example.net/v2/x//'), 'https://otlp.example.net/v2/x');
    for (const text of [
      'collector:4318',
      'grpc://collector:4317',
      'http://u:hidden@c',
      'http://c/?key=hidden',
      'x',
    ])
      assert.doesNotMatch(problem(name, text), /hidden/);
  });

  test('OTEL_EXPORTER_OTLP_HEADERS is name=value, which a header can hold, and never shown', () => {
    const name = 'OTEL_EXPORTER_OTLP_HEADERS';
    for (const text of ['authorization=Bearer%20abc', 'Authorization=Basic YWI6Yw==, x-key=1,', 'a=b=c'])
      assert.equal(value(name, text), text);
    for (const text of [
      'hidden',
      'a=',
      '=hidden',
      'a=hidden%',
      'a=%ffhidden',
      'a=hidden;b',
      'a=hidden\nb',
      'a b=hidden',
      ',',
    ])
      assert.doesNotMatch(problem(name, text), /hidden/);
  });

  test('OTEL_TRACES_SAMPLER_ARG is a part of one, and the sampler one that the specification names', () => {
    for (const text of ['0', '1', '0.25', '.5', '1.0', '0.000001'])
      assert.equal(value('OTEL_TRACES_SAMPLER_ARG', text), Number(text));
    for (const text of ['-0.1', '1.01', '10', '10%', '1e-3', 'half', '0,5'])
      problem('OTEL_TRACES_SAMPLER_ARG', text);
    problem('OTEL_TRACES_SAMPLER', 'jaeger_remote');
    assert.match(problem('OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'), /only http\/protobuf is accepted/);
  });

  test('HOST is an address or a name without a port', () => {
    for (const text of ['0.0.0.0', '::', 'localhost', 'lms.internal'])
      assert.equal(value('HOST', text), text);
    for (const text of ['0.0.0.0:8000', 'http://h', '-h']) problem('HOST', text);
  });

  test('API_V1_PREFIX is a path that is not the root', () => {
    assert.equal(value('API_V1_PREFIX', '/lms/v1/'), '/lms/v1');
    for (const text of ['/', 'api', '//x', '/a/../b', '/a b', '/:id', '/*']) problem('API_V1_PREFIX', text);
  });

  test('DATA_DIR is taken from the folder of the project', () => {
    assert.equal(value('DATA_DIR', 'var'), '/srv/lms/var');
    assert.equal(value('DATA_DIR', '/data'), '/data');
  });

  test('names that are printed hold no line breaks and are not endless', () => {
    assert.match(problem('PROJECT_NAME', 'a\nb'), /line breaks/);
    assert.match(problem('PROJECT_NAME', 'a'.repeat(201)), /200/);
    assert.equal(value('PROJECT_NAME', 'أكاديمية'), 'أكاديمية');
  });

  test('a long wrong value is cut in the reason', () => {
    assert.ok(problem('PORT', 'x'.repeat(500)).length < 120);
  });
});
