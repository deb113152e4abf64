import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sweep } from '#features/files/commands/sweep.ts';
import { createClient, type Body } from '#test/client.ts';
import { createTestDatabase } from '#test/database.ts';
import { mountDisk } from '#test/disk.ts';
import { storedKeys } from '#test/files.ts';
import { runCommand, startProgram, untilReady, type Program } from '#test/program.ts';
import { startTestServer } from '#test/server.ts';

const boundary = 'form-of-a-fault';
const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="video.bin"\r\n\r\n`;
const tail = `\r\n--${boundary}--\r\n`;
const isRoot = process.getuid?.() === 0;

async function newDatabase(t: TestContext): Promise<string> {
  const database = await createTestDatabase();
  t.after(() => database.drop());
  return database.url;
}

function newFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'lms-files-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An API of its own that keeps files in this folder, migrated. */
async function startApi(
  t: TestContext,
  env: Record<string, string>,
  nodeOptions: string[] = [],
): Promise<Program> {
  const migrated = await runCommand(t, ['migrate'], { env });
  assert.equal(migrated.code, 0, migrated.stderr);
  return startProgram(t, ['api'], { env, nodeOptions });
}

/** So many bytes that no two chunks of are alike, made as they are read; the hash is theirs when all are. */
function largeContent(sizeBytes: number) {
  const hash = createHash('sha256');
  const block = randomBytes(1_048_576);
  function* chunks() {
    for (let sent = 0, count = 0; sent < sizeBytes; count += 1) {
      const chunk = Buffer.from(block.subarray(0, Math.min(block.length, sizeBytes - sent)));
      chunk.writeUInt32BE(count, 0);
      hash.update(chunk);
      sent += chunk.length;
      yield chunk;
    }
  }
  return { chunks: chunks(), sha256: () => hash.digest('hex') };
}

/** Uploads it in a form, chunk by chunk. Rejects where the connection breaks. */
async function upload(
  baseUrl: string,
  token: string,
  chunks: Iterable<Buffer>,
): Promise<{ status: number; body: Body }> {
  const sending = request(`${baseUrl}/files`, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'transfer-encoding': 'chunked',
    },
  });
  const answered = new Promise<{ status: number; body: Body }>((resolve, reject) => {
    sending.on('error', reject);
    sending.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', reject).on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
      });
    });
  });
  answered.catch(() => {});
  function* form() {
    yield Buffer.from(head);
    yield* chunks;
    yield Buffer.from(tail);
  }
  // An answer may come, and the connection end, before all is sent.
  await Promise.race([pipeline(Readable.from(form()), sending).catch(() => {}), answered]);
  return answered;
}

function residentMb({ pid }: Program): number {
  const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1_024;
}

suite('files as large as disks and heaps allow', () => {
  test('2 GB go up and come down by ranges, under a heap of 256 MB', async (t) => {
    const sizeBytes = 2_000_000_000;
    const env = { DATABASE_URL: await newDatabase(t), UPLOADS_DIR: newFolder(t) };
    const api = await startApi(t, env, ['--max-old-space-size=256']);
    const { token } = await createClient(api.baseUrl).registerStudent();
    const idleMb = residentMb(api);
    let peakMb = 0;
    const watch = setInterval(() => (peakMb = Math.max(peakMb, residentMb(api))), 100);
    t.after(() => clearInterval(watch));
    const content = largeContent(sizeBytes);
    const startedAt = performance.now();
    const { status, body } = await upload(api.baseUrl, token, content.chunks);
    const uploadedAt = performance.now();
    assert.equal(status, 201, JSON.stringify(body));
    const sha256 = content.sha256();
    assert.deepEqual([body.sizeBytes, body.sha256], [sizeBytes, sha256]);
    const hash = createHash('sha256');
    const rangeBytes = 300_000_000;
    for (let start = 0; start < sizeBytes; start += rangeBytes) {
      const end = Math.min(start + rangeBytes, sizeBytes) - 1;
      const headers = { authorization: `Bearer ${token}`, range: `bytes=${start}-${end}` };
      const part = await fetch(`${api.baseUrl}/files/${body.id}/content`, { headers });
      assert.equal(part.status, 206);
      assert.equal(part.headers.get('content-range'), `bytes ${start}-${end}/${sizeBytes}`);
      for await (const chunk of part.body ?? []) hash.update(chunk);
    }
    assert.equal(hash.digest('hex'), sha256);
    const seconds = (from: number, to: number) => ((to - from) / 1_000).toFixed(1);
    t.diagnostic(
      `up in ${seconds(startedAt, uploadedAt)} s, down in ${seconds(uploadedAt, performance.now())} s, resident ${Math.round(idleMb)} MB idle, ${Math.round(peakMb)} MB at most`,
    );
    assert.ok(peakMb - idleMb < 200, `${Math.round(idleMb)} MB became ${Math.round(peakMb)} MB`);
    assert.ok(api.isRunning());
  });

  test(
    'a disk that is full: a clear 507, no half file, and it goes on',
    { skip: !isRoot && 'only root may mount a disk' },
    async (t) => {
      const UPLOADS_DIR = mountDisk(t, 8);
      const api = await startApi(t, { DATABASE_URL: await newDatabase(t), UPLOADS_DIR });
      const client = createClient(api.baseUrl);
      const { token } = await client.registerStudent();
      const send = (sizeBytes: number) => upload(api.baseUrl, token, largeContent(sizeBytes).chunks);
      const small = await send(3_000_000);
      assert.equal(small.status, 201);
      const before = filesBelow(UPLOADS_DIR);
      for (let round = 0; round < 3; round += 1) {
        const { status, body } = await send(20_000_000);
        assert.equal(status, 507, JSON.stringify(body));
        assert.equal(body.code, 'insufficient_storage');
        assert.deepEqual(filesBelow(UPLOADS_DIR), before, 'no half file');
      }
      const announced = await client.post('/files/uploads', { fileName: 'a', sizeBytes: 20_000_000 }, token);
      const { pathname, search } = new URL(announced.body.url);
      const put = await fetch(`${api.address}${pathname}${search}`, {
        method: 'PUT',
        body: Buffer.alloc(20_000_000),
      });
      assert.equal(put.status, 507);
      assert.deepEqual(filesBelow(UPLOADS_DIR), before, 'no half file');
      const content = await client.get(`/files/${small.body.id}/content`, token);
      assert.equal(content.status, 200, 'what was there can be read');
      assert.equal((await client.delete(`/files/${small.body.id}`, token)).status, 204);
      assert.equal((await send(4_000_000)).status, 201, 'there is room again');
    },
  );

  test('kill -9 amid uploads: what was answered is whole, and what is left over is swept', async (t) => {
    const databaseUrl = await newDatabase(t);
    const uploadsDir = newFolder(t);
    const env = { DATABASE_URL: databaseUrl, UPLOADS_DIR: uploadsDir, PUBLIC_URL: 'http://lms.example.com' };
    let api = await startApi(t, env);
    const { token } = await createClient(api.baseUrl).registerStudent();
    const kept = new Map<string, string>();
    let broken = 0;
    const keepUploading = async (until: () => boolean) => {
      while (!until()) {
        const content = largeContent(1_000_000 + Math.floor(Math.random() * 3_000_000));
        try {
          const { status, body } = await upload(api.baseUrl, token, content.chunks);
          assert.equal(status, 201, JSON.stringify(body));
          kept.set(body.id, content.sha256());
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
          broken += 1;
          await sleep(50);
        }
      }
    };
    for (let kills = 0; kills < 5; kills += 1) {
      let isOver = false;
      const uploads = Promise.all(Array.from({ length: 3 }, () => keepUploading(() => isOver)));
      await sleep(700 + Math.random() * 600);
      await api.kill();
      isOver = true;
      await uploads;
      api = await startProgram(t, ['api'], { env });
    }
    await untilReady(api);
    assert.ok(kept.size > 5 && broken > 0, `${kept.size} uploads were answered, ${broken} broke off`);
    for (const [id, sha256] of kept) {
      const answer = await fetch(`${api.baseUrl}/files/${id}/content`, {
        headers: { authorization: `Bearer ${token}` },
      });
      assert.equal(answer.status, 200);
      assert.equal(
        createHash('sha256')
          .update(Buffer.from(await answer.arrayBuffer()))
          .digest('hex'),
        sha256,
      );
    }
    const server = await startTestServer({ databaseUrl, config: { uploadsDir } });
    t.after(() => server.stop());
    server.clock.advance({ days: 3 });
    const swept = await sweep(server.open.deps, t.signal);
    assert.equal(swept.missingFiles, 0, 'no row without its bytes');
    const rows = await server.open.deps.db.selectFrom('file').select('store_key').execute();
    assert.deepEqual(await storedKeys(server), rows.map(({ store_key }) => store_key).toSorted());
    t.diagnostic(
      `${kept.size} uploads kept, ${broken} broken off, ${swept.unnamedKeys} left-over files swept`,
    );
  });
});

/** Every file below a folder. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .toSorted();
}
