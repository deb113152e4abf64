import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { readSignatures } from './advisories-verdict.ts';

/** A registry that answers the question for advisories so; undefined: never. */
async function askWith(answer: { status: number; body: string } | undefined) {
  const registry = createServer((request, response) => {
    if (!request.url?.includes('advisories')) return void response.writeHead(404).end();
    if (answer) response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(registry, 'listening');
  const { port } = registry.address() as { port: number };
  const env = {
    ...process.env,
    npm_config_registry: `http://127.0.0.1:${port}/`,
    npm_config_cache: process.env['TMPDIR'] ?? '',
    ADVISORIES_TIMEOUT_MS: answer ? '30000' : '3000',
  };
  const child = spawn(process.execPath, ['checks/advisories.ts'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  registry.closeAllConnections();
  registry.close();
  return { output, status: child.exitCode };
}

suite('what is known against the packages', () => {
  test('nothing known is passed, and what could not be asked beside it is skipped', async () => {
    const { output, status } = await askWith({ status: 200, body: '{}' });
    assert.match(output, /^ok +known vulnerabilities of high or above: none at all$/m);
    assert.match(output, /^not reached +signatures: /m);
    assert.match(output, /^1 passed, 0 failed, 1 skipped$/m);
    assert.equal(status, 0);
  });

  test('one of high severity fails and is named', async () => {
    const advisory = { id: 1, url: '', title: 'Bad', severity: 'high', vulnerable_versions: '>=0' };
    const { output, status } = await askWith({ status: 200, body: JSON.stringify({ kysely: [advisory] }) });
    assert.match(output, /^FAILED +known vulnerabilities of high or above: kysely/m);
    assert.equal(status, 1);
  });

  test('a registry that refuses or does not answer is not reached, never passed', async () => {
    for (const answer of [{ status: 405, body: '' }, undefined]) {
      const { output, status } = await askWith(answer);
      assert.match(output, /^not reached +known vulnerabilities/m);
      assert.match(output, /^0 passed, 0 failed, 2 skipped$/m);
      assert.doesNotMatch(output, /127\.0\.0\.1/);
      assert.equal(status, 0);
    }
  });

  test('a wrong signature fails, a missing one does not', () => {
    const one = { name: 'a', version: '1.0.0' };
    assert.equal(readSignatures(JSON.stringify({ invalid: [one], missing: [] })).result, 'FAILED');
    assert.equal(readSignatures(JSON.stringify({ invalid: [], missing: [one] })).result, 'ok');
  });
});
