import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, after, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '#platform/log.ts';
import { openRedis } from '#platform/redis.ts';
import { createTestDatabase } from '../database.ts';
import { startProgram } from '../program.ts';
import { startRedis, type RedisServer } from '../runner/redis-server.ts';
import { waitFor } from '../wait.ts';

const needed = ['redis-server', 'openssl'];
const missing = needed.filter((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error);
const skip = missing.length > 0 && `needs ${missing.join(' and ')}`;

suite('Redis by TLS', { skip }, () => {
  let folder: string;
  let redis: RedisServer;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'lms-redis-tls-'));
    makeCertificates(folder);
    const tls = {
      key: path.join(folder, 'server.key'),
      certificate: path.join(folder, 'server.crt'),
      authority: path.join(folder, 'ca.crt'),
    };
    const started = await startRedis(folder, { tls });
    assert.ok(started);
    redis = started;
  });
  after(async () => {
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('by rediss:// with the authority in NODE_EXTRA_CA_CERTS it is used', async (t) => {
    const database = await createTestDatabase();
    t.after(() => database.drop());
    const env = { DATABASE_URL: database.url, REDIS_URL: redis.url };
    const authority = { NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.crt') };
    const program = await startProgram(t, ['api'], { env: { ...env, ...authority } });
    const statusOf = async () => {
      const ready = await fetch(`${program.baseUrl}/ready`);
      return ((await ready.json()) as { checks: { redis: { status: string } } }).checks.redis.status;
    };
    await waitFor('it is used', async () => (await statusOf()) === 'ok');
    assert.equal(await program.stop(), 0);
  });

  test('a certificate of an authority that is not trusted is refused, and the log says why', async () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const log = createLogger({ level: 'info', service: 'test', version: 'test', destination });
    const connection = openRedis(redis.url, log);
    await waitFor('the refusal', () => lines.some((line) => /certificate/i.test(line)));
    await sleep(300);
    assert.equal(connection.isReady(), false);
    await connection.close();
  });
});

/** An authority, and a server's certificate of it for localhost. */
function makeCertificates(folder: string): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '2',
    '-subj',
    '/CN=Test authority',
  );
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost', ...names);
  const authority = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    ...authority,
    '-copy_extensions',
    'copy',
    '-out',
    'server.crt',
  );
}
