import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeAuthority } from '#test/certificates.ts';
import type { Client } from '#test/client.ts';
import { formOf } from '#test/files.ts';
import { buildCourse, joinCourse, learn, ok, waitForCertificate } from '#test/loop.ts';
import { waitFor } from '#test/wait.ts';
import { certificateShown, reloadUntil, replaceCertificate } from './certificate.ts';
import { buildImage, docker, noEngine, run, runName } from './docker.ts';
import { assertConfined } from './hardening.ts';
import { makeStaff } from './people.ts';
import { mustRun, startStack, untilHealthy, type Stack } from './stack.ts';

const image = `${runName}:proxy`;
const readyWithinMs = 3_000;
const anonymousPerMinute = 60;

suite('staging compose and its proxy', { skip: noEngine }, () => {
  let stack: Stack;
  let api: Client;
  let teacherToken = '';

  before(async () => {
    await buildImage(image);
    stack = await startStack({
      file: 'compose.staging.yaml',
      image,
      settings: () => ({
        PUBLIC_URL: 'https://localhost',
        RATE_LIMIT_ANONYMOUS_PER_MINUTE: String(anonymousPerMinute),
        // Who registers goes on learning at once.
        REQUIRE_EMAIL_VERIFICATION_FOR_LOGIN: 'false',
      }),
    });
    ({ api, teacherToken } = await makeStaff(stack));
  });
  after(async () => {
    await stack.stop();
    await run('docker', ['image', 'rm', '--force', image]);
  });

  test('each container is confined as in production', async () => {
    await assertConfined(stack);
  });

  test('somebody learns, completes the course and holds their certificate', async () => {
    const course = await buildCourse(api, teacherToken, 'Staged');
    const learner = await joinCourse(api, course, 'A Learner');
    await learn(api, course, learner);
    await waitForCertificate(api, learner, 60_000);
  });

  test('its configuration passes nginx -t', async () => {
    const [proxy] = await stack.containers('proxy');
    const { status, stderr } = await run('docker', ['exec', proxy!.Id, 'nginx', '-t']);
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /\[(warn|error|emerg)\]/);
  });

  test('HTTP leads people to HTTPS and refuses programs; HTTPS speaks HTTP/2, no old TLS and no weak cipher', async () => {
    const published = await stack.compose(['port', 'proxy', '80']);
    const plain = await fetch(`http://${published}/docs?x=1`, {
      redirect: 'manual',
      headers: { host: 'localhost' },
    });
    assert.equal(plain.status, 308);
    assert.match(plain.headers.get('location') ?? '', /^https:\/\/[^/]+\/docs\?x=1$/);
    const program = await fetch(`http://${published}/api/v1/me`, { redirect: 'manual' });
    assert.equal(program.status, 403);
    const session = connect(stack.address);
    const stream = session.request({ ':path': '/api/v1/health' });
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    assert.equal(headers[':status'], 200);
    assert.equal(session.alpnProtocol, 'h2');
    assert.equal(headers['strict-transport-security'], 'max-age=31536000; includeSubDomains');
    session.destroy();
    const old = request(stack.address, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1' });
    await assert.rejects(once(old.end(), 'response'));
    const ciphers = 'ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:AES128-GCM-SHA256:AES128-SHA';
    const weak = request(stack.address, { maxVersion: 'TLSv1.2', ciphers });
    await assert.rejects(once(weak.end(), 'response'));
  });

  test('a connection is kept for the next request', async (t) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const sockets = new Set<unknown>();
    for (const isKept of [false, true, true]) {
      const sent = request(`${stack.baseUrl}/health`, { agent });
      const [answer] = (await once(sent.end(), 'response')) as [IncomingMessage];
      assert.deepEqual([answer.statusCode, answer.httpVersion, sent.reusedSocket], [200, '1.1', isKept]);
      sockets.add(sent.socket);
      await once(answer.resume(), 'end');
    }
    assert.equal(sockets.size, 1);
  });

  test('a certificate of an authority takes the place of the one that was made, and is kept', async () => {
    const authority = makeAuthority();
    const given = authority.issue('localhost');
    const before = await certificateShown(stack);
    const replaced = replaceCertificate(stack, { cert: given.cert + authority.cert, key: given.key });
    await mustRun('deploy/prepare.sh', ['localhost'], stack.env);
    await reloadUntil(stack, new X509Certificate(given.cert).fingerprint256);
    replaceCertificate(stack, replaced);
    await reloadUntil(stack, before);
  });

  test('figures are not to be had from outside, in no spelling', async () => {
    for (const path of [
      '/metrics',
      '/metrics/',
      '//metrics',
      '/%6detrics',
      '/./metrics',
      '/api/v1/../../metrics',
    ]) {
      const { answer } = await get(stack.address, path);
      assert.equal(answer.statusCode, 404, path);
      // Of the proxy itself, where it is: what the API says with all its answers.
      assert.equal(answer.headers['x-content-type-options'], 'nosniff', path);
      assert.match(String(answer.headers['content-security-policy']), /frame-ancestors 'none'/, path);
    }
    const [replica] = await stack.containers('api');
    const inside = await fetch(`${stack.addressOf(replica!)}/metrics`);
    assert.equal(inside.status, 200);
  });

  test('large answers are compressed, and the tag of what was compressed is good for a change', async () => {
    const course = await buildCourse(api, teacherToken, 'Compressed');
    const description = 'A long text. '.repeat(200);
    await ok(api.patch(`/courses/${course.id}`, { description }, teacherToken), 200);
    const found = await api.get(`/courses/${course.id}`, teacherToken, { 'accept-encoding': 'gzip' });
    assert.equal(found.headers.get('content-encoding'), 'gzip');
    const etag = found.headers.get('etag') ?? '';
    assert.match(etag, /^W\//);
    const changed = await api.patch(`/courses/${course.id}`, { title: 'Still' }, teacherToken, {
      'if-match': etag,
    });
    assert.equal(changed.status, 200, changed.text);
    const late = await api.patch(`/courses/${course.id}`, { title: 'Late' }, teacherToken, {
      'if-match': etag,
    });
    assert.equal(late.status, 412);
  });

  test('bodies are limited, files are not as much, and both limits speak the language of the API', async () => {
    const raw = JSON.stringify({ title: 'x'.repeat(3 * 1024 * 1024) });
    const refused = await api.request('POST', '/courses', { token: teacherToken, raw });
    assert.deepEqual([refused.status, refused.body.code], [413, 'payload_too_large']);
    assert.ok(refused.body.requestId);
    const content = randomBytes(8 * 1024 * 1024);
    const form = formOf([{ fileName: 'large.bin', content }]);
    const file = await ok(
      api.request('POST', '/files', { token: teacherToken, raw: form.body, headers: form.headers }),
      201,
    );
    assert.equal(file.sizeBytes, content.length);
    const read = await fetch(`${stack.baseUrl}/files/${file.id}/content`, {
      headers: { authorization: `Bearer ${teacherToken}` },
    });
    assert.deepEqual(Buffer.from(await read.arrayBuffer()).equals(content), true);
  });

  test('a stream of events comes as it happens', async () => {
    const { answer } = await get(stack.address, '/api/v1/me/events', {
      authorization: `Bearer ${teacherToken}`,
    });
    assert.match(answer.headers['content-type'] ?? '', /event-stream/);
    answer.setEncoding('utf8');
    let text = '';
    answer.on('data', (chunk: string) => void (text += chunk));
    await waitFor('ready', () => text.includes('event: ready'), 60_000);
    answer.destroy();
  });

  test('callers are told apart by their own address, and not by one that they name', async () => {
    const ask = async (count: number) => {
      const { answer } = await get(stack.address, '/api/v1/courses', {
        'x-forwarded-for': `198.51.100.${count}`,
      });
      answer.resume();
      return answer.statusCode;
    };
    const statuses = await Promise.all(
      Array.from({ length: 3 * anonymousPerMinute }, (_, count) => ask(count)),
    );
    assert.ok(statuses.includes(429), [...new Set(statuses)].join());
    const script = "fetch('https://proxy/api/v1/courses').then(({ status }) => console.log(status))";
    const status = await stack.compose([
      'exec',
      '-T',
      '-e',
      'NODE_TLS_REJECT_UNAUTHORIZED=0',
      'worker',
      'node',
      '--no-warnings',
      '-e',
      script,
    ]);
    assert.notEqual(status, '429');
  });

  async function scaleApi(replicas: number): Promise<void> {
    const how = ['--detach', '--no-build', '--no-deps', '--no-recreate', '--scale', `api=${replicas}`];
    await stack.compose(['up', ...how, 'api']);
  }

  test('from one replica to three and back it asks all that live, and no other', async (t) => {
    assert.equal((await usedReplicas(1)).size, 1);
    await scaleApi(3);
    for (const container of await stack.containers('api')) {
      const startedAt = Date.parse(container.State.StartedAt);
      await waitFor(
        'it is ready',
        async () => (await readyStatus(stack.addressOf(container))) === 200,
        120_000,
      );
      t.diagnostic(`ready ${Date.now() - startedAt} ms after its start, or before it was asked`);
    }
    await untilHealthy(stack, 'api');
    assert.deepEqual(await usedReplicas(3), await livingReplicas());
    await scaleApi(1);
    await sleep(2_000);
    assert.deepEqual(await usedReplicas(1), await livingReplicas());
  });

  test('the API is ready within 3 s of its start', async (t) => {
    const took: number[] = [];
    // The best of some, since a machine may be busy with other things.
    while (took.length < 3 && !took.some((each) => each < readyWithinMs)) {
      const [replica] = await stack.containers('api');
      await docker(['restart', replica!.Id]);
      const [restarted] = await stack.containers('api');
      const isReady = async () => (await readyStatus(stack.addressOf(restarted!))) === 200;
      await waitFor('it is ready', isReady, 120_000);
      took.push(Date.now() - Date.parse(restarted!.State.StartedAt));
    }
    t.diagnostic(`${took.join(', ')} ms`);
    assert.ok(Math.min(...took) < readyWithinMs, `${took.join(', ')} ms`);
    await untilHealthy(stack, 'api');
  });

  async function livingReplicas(): Promise<Set<string>> {
    return new Set((await stack.containers('api')).map((each) => new URL(stack.addressOf(each)).host));
  }

  /** Which replicas answer, by the log of the proxy, after so many requests that each of them would. */
  async function usedReplicas(count: number): Promise<Set<string>> {
    // Past what it may still have known of before.
    await sleep(1_500);
    const marks = Array.from({ length: 20 * count }, () => randomBytes(8).toString('hex'));
    for (const mark of marks) {
      const { answer } = await get(stack.address, '/api/v1/health', { 'x-request-id': mark });
      answer.resume();
      assert.equal(answer.statusCode, 200);
    }
    const [proxy] = await stack.containers('proxy');
    const log = await docker(['logs', proxy!.Id]);
    const lines = log.split('\n').filter((line) => marks.some((mark) => line.includes(mark)));
    assert.equal(lines.length, marks.length);
    // The last is the one that answered; those before it were gone.
    const asked = lines.map((line) => (JSON.parse(line) as { replicas: string }).replicas);
    return new Set(asked.map((each) => each.split(', ').at(-1) ?? ''));
  }
});

/** With the path as it stands: `fetch` would tidy it up. */
async function get(address: string, path: string, headers: Record<string, string> = {}) {
  const { hostname, port } = new URL(address);
  const sent = request({ hostname, port, path, headers, agent: false });
  const [answer] = (await once(sent.end(), 'response')) as [IncomingMessage];
  return { sent, answer };
}

async function readyStatus(address: string): Promise<number> {
  try {
    const response = await fetch(`${address}/api/v1/ready`);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
