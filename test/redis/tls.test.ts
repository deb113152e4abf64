import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, after, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '#platform/log.ts';
import { openRedis } from '#platform/redis.ts';
import { makeAuthority } from '../certificates.ts';
import { createTestDatabase } from '../database.ts';
import { startProgram } from '../program.ts';
import { startRedis, type RedisServer } from '../runner/redis-server.ts';
import { waitFor } from '../wait.ts';

const hasRedis = spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).error === undefined;
const skip = !hasRedis && 'needs redis-server on the PATH';

suite('Redis by TLS', { skip }, () => {
  let folder: string;
  let redis: RedisServer;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'lms-redis-tls-'));
    writeCertificates(folder);
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
function writeCertificates(folder: string): void {
  const authority = makeAuthority();
  const server = authority.issue(['localhost', '127.0.0.1']);
  writeFileSync(path.join(folder, 'ca.crt'), authority.cert);
  writeFileSync(path.join(folder, 'server.crt'), server.cert);
  writeFileSync(path.join(folder, 'server.key'), server.key);
}
