import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { after, before, suite, test } from 'node:test';
import { eicar, startFakeClamd, type FakeClamd } from '#test/clamd.ts';
import type { Body, Person } from '#test/client.ts';
import { here, partialFiles, sendForm, storedKeys, uploadFile } from '#test/files.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';

suite('an upload that is announced', () => {
  let server: TestServer;
  let clamd: FakeClamd;
  let people: People;
  before(async () => {
    clamd = await startFakeClamd();
    server = await startTestServer({
      config: {
        clamdUrl: clamd.url,
        uploadLimitBytes: 100_000,
        uploadQuotaBytes: 250_000,
        uploadTimeoutSeconds: 60,
      },
    });
    people = await makePeople(server);
  });
  after(async () => {
    await server.stop();
    await clamd.stop();
  });

  const announce = async (person: Person, sizeBytes: number, fileName = 'notes.txt') =>
    server.post('/files/uploads', { fileName, sizeBytes }, person.token);
  const send = async ({ url, method, headers }: Body, content: string | Buffer) => {
    const answer = await fetch(here(server, url), { method, headers, body: content });
    return { status: answer.status, text: await answer.text() };
  };
  const complete = (person: Person, id: string) =>
    server.put(`/files/uploads/${id}/completion`, undefined, person.token);
  /** Announced and sent. */
  async function sent(person: Person, content: string, fileName?: string): Promise<Body> {
    const { status, body, text } = await announce(person, Buffer.byteLength(content), fileName);
    assert.equal(status, 201, text);
    assert.equal((await send(body, content)).status, 204);
    return body;
  }

  test('becomes a file by its completion, with what the server found; again answers the same', async () => {
    const upload = await sent(people.student, 'GIF89a and more', '../pic.txt');
    assert.equal(upload.method, 'PUT');
    assert.equal((await server.get(`/files/${upload.id}`, people.student.token)).status, 404, 'not before');
    const done = await complete(people.student, upload.id);
    assert.equal(done.status, 200, done.text);
    assert.equal(done.body.id, upload.id);
    assert.equal(done.body.mediaType, 'image/gif');
    assert.equal(done.body.name, 'pic.gif');
    assert.equal(done.body.sha256, createHash('sha256').update('GIF89a and more').digest('hex'));
    assert.deepEqual((await complete(people.student, upload.id)).body, done.body);
    assert.equal(await (await fetch(here(server, done.body.contentUrl))).text(), 'GIF89a and more');
    assert.equal((await send(upload, 'another content')).status, 404, 'nothing more is taken');
  });

  test('of two completions at once, both answer the one file', async () => {
    const upload = await sent(people.instructor, 'content');
    const answers = await Promise.all([1, 2, 3].map(() => complete(people.instructor, upload.id)));
    for (const { status, body, text } of answers) {
      assert.equal(status, 200, text);
      assert.equal(body.id, upload.id);
    }
    const events = await server.open.deps.db.selectFrom('event').select('data').execute();
    assert.equal(events.filter(({ data }) => (data as Body).fileId === upload.id).length, 1);
  });

  test('takes its bytes once: what is being checked cannot be exchanged', async () => {
    const upload = await sent(people.student, 'harmless');
    const again = await send(upload, 'harmful!');
    assert.equal(again.status, 409);
    const { body } = await complete(people.student, upload.id);
    assert.equal(body.sha256, createHash('sha256').update('harmless').digest('hex'));
    const racing = (await announce(people.student, 8)).body;
    const answers = await Promise.all(
      ['aaaaaaaa', 'bbbbbbbb', 'cccccccc'].map((content) => send(racing, content)),
    );
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [204, 409, 409]);
    assert.equal((await complete(people.student, racing.id)).status, 200);
  });

  /** Sends the head and the first bytes; the rest when told to. */
  function begin({ url, headers }: Body, first: string, sizeBytes: number) {
    const { pathname, search } = new URL(url);
    const request = httpRequest(`${server.address}${pathname}${search}`, {
      method: 'PUT',
      headers: { ...headers, 'content-length': sizeBytes },
      agent: false,
    }).on('error', () => {});
    request.write(first);
    const status = once(request, 'response').then(([response]) => {
      (response as IncomingMessage).resume();
      return (response as IncomingMessage).statusCode;
    });
    return { request, status };
  }

  test('while its bytes come, the same ticket makes no second draft; where they broke off it is free at once', async () => {
    const { body: upload } = await announce(people.student, 8);
    const slow = begin(upload, 'aaaa', 8);
    await waitFor('its draft is begun', async () => (await partialFiles(server)) === 1);
    const other = await send(upload, 'bbbbbbbb');
    assert.equal(other.status, 409);
    assert.match(other.text, /request_in_progress/);
    assert.equal(await partialFiles(server), 1);
    slow.request.destroy();
    await slow.status.catch(() => {});
    await waitFor('it is free', async () => (await send(upload, 'cccccccc')).status === 204);
    const { body } = await complete(people.student, upload.id);
    assert.equal(body.sha256, createHash('sha256').update('cccccccc').digest('hex'));
  });

  test('a process that died amid the bytes holds it for a minute', async () => {
    const { body: upload } = await announce(people.student, 8);
    const until = new Date(server.clock.now().getTime() + 50_000);
    const { db } = server.open.deps;
    await db.updateTable('file_upload').set({ receiving_until: until }).where('id', '=', upload.id).execute();
    assert.equal((await send(upload, 'aaaaaaaa')).status, 409);
    server.clock.advance({ seconds: 51 });
    assert.equal((await send(upload, 'aaaaaaaa')).status, 204);
  });

  test('a person has three bodies in hand, of both kinds together; the fourth is told to wait, others are not', async () => {
    const { student, otherStudent } = people;
    const uploads = await Promise.all([1, 2, 3, 4].map(async () => (await announce(student, 8)).body));
    const slow = uploads.slice(0, 3).map((upload) => begin(upload, 'aaaa', 8));
    await waitFor('three are coming', async () => (await partialFiles(server)) === 3);
    assert.equal((await send(uploads[3], 'bbbbbbbb')).status, 429);
    const form = await sendForm(server, student.token, [{ fileName: 'a.txt', content: 'text' }]);
    assert.equal(form.status, 429);
    assert.equal(form.headers.get('retry-after'), '1');
    await uploadFile(server, otherStudent, 'text');
    for (const { request } of slow) request.end('aaaa');
    assert.deepEqual(await Promise.all(slow.map(({ status }) => status)), [204, 204, 204]);
    assert.equal((await send(uploads[3], 'bbbbbbbb')).status, 204);
  });

  test('the ticket of who was deactivated sends nothing', async () => {
    const person = await server.registerStudent();
    const { body: upload } = await announce(person, 4);
    assert.equal((await server.delete(`/users/${person.id}`, people.admin.token)).status, 204);
    assert.equal((await send(upload, 'late')).status, 401);
    assert.equal(await partialFiles(server), 0);
  });

  test('sixty bodies a minute are a person’s, by token or ticket; others behind the address go on', async (t) => {
    const limited = await startTestServer({ config: { rateLimitsEnabled: true } });
    t.after(() => limited.stop());
    const [person, other] = [await limited.registerStudent(), await limited.registerStudent()];
    const bare = (of: Person) => limited.request('POST', '/files', { token: of.token, body: {} });
    const { body: upload } = await limited.post(
      '/files/uploads',
      { fileName: 'a', sizeBytes: 4 },
      person.token,
    );
    for (let count = 0; count < 60; count += 1) assert.equal((await bare(person)).status, 415);
    assert.equal((await bare(person)).status, 429);
    const { method, headers } = upload;
    const sending = await fetch(here(limited, upload.url), { method, headers, body: 'text' });
    assert.equal(sending.status, 429);
    assert.equal((await bare(other)).status, 415);
  });

  test('of another length than announced: more is cut, less is refused, and nothing is left', async () => {
    const before = await storedKeys(server);
    const { body: upload } = await announce(people.student, 100);
    assert.equal((await send(upload, 'x'.repeat(101))).status, 413);
    assert.equal((await send(upload, 'x'.repeat(99))).status, 409);
    assert.equal((await send(upload, '')).status, 409);
    const early = await complete(people.student, upload.id);
    assert.equal(early.status, 409);
    assert.equal(early.body.code, 'upload_incomplete');
    assert.deepEqual(await storedKeys(server), before);
    assert.equal((await send(upload, 'x'.repeat(100))).status, 204, 'it can be tried again');
  });

  test('is its owner’s: others’ tokens and tickets of others open nothing', async () => {
    const { otherStudent, admin } = people;
    const upload = await sent(people.instructor, 'mine');
    for (const { token } of [otherStudent, admin])
      assert.equal((await server.put(`/files/uploads/${upload.id}/completion`, {}, token)).status, 404);
    const { body: other } = await announce(otherStudent, 4);
    const ticket = new URL(other.url).search;
    const path = `${server.baseUrl}/files/uploads/${upload.id}/content`;
    const headers = { 'content-type': 'text/plain' };
    for (const url of [`${path}${ticket}`, `${path}?ticket=x`])
      assert.equal((await fetch(url, { method: 'PUT', headers, body: 'evil' })).status, 401);
    assert.equal(
      (await fetch(path, { method: 'PUT', headers, body: 'evil' })).status,
      400,
      'no ticket at all',
    );
    const { id } = await uploadFile(server, otherStudent, 'a file');
    const { contentUrl } = (await server.get(`/files/${id}`, otherStudent.token)).body;
    const ofContent = new URL(contentUrl).search;
    assert.equal((await fetch(`${path}${ofContent}`, { method: 'PUT', headers, body: 'evil' })).status, 401);
  });

  test('counts for the quota from the announcement on, until it expires and is purged', async () => {
    const person = await server.registerStudent();
    assert.equal((await announce(person, 100_001)).status, 413);
    const first = await announce(person, 100_000);
    const answers = await Promise.all([1, 2, 3].map(() => announce(person, 100_000)));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 409, 409]);
    assert.equal((await announce(person, 60_000)).body.code, 'quota_exceeded');
    assert.equal((await send(first.body, Buffer.alloc(100_000, 1))).status, 204);
    server.clock.advance({ seconds: 61 });
    const late = await complete(person, first.body.id);
    assert.equal(late.status, 410);
    assert.equal(late.body.code, 'upload_expired');
    assert.equal((await send(first.body, 'x')).status, 401, 'its ticket has expired with it');
    const { purgeUploads } = await import('./commands/sweep.ts');
    assert.ok((await purgeUploads(server.open.deps)) >= 2);
    assert.equal((await complete(person, first.body.id)).status, 404);
    assert.equal((await announce(person, 100_000)).status, 201, 'there is room again');
    const { db } = server.open.deps;
    const named = await db.selectFrom('file').select('store_key').execute();
    const keys = named.map(({ store_key }) => store_key).toSorted();
    assert.deepEqual(await storedKeys(server), keys, 'its bytes are gone');
  });

  test('infected: refused, its bytes removed, the upload with them; also in a form', async () => {
    const before = await storedKeys(server);
    const upload = await sent(people.otherInstructor, `x${eicar}`);
    const answer = await complete(people.otherInstructor, upload.id);
    assert.equal(answer.status, 400);
    assert.equal(answer.body.code, 'file_infected');
    assert.equal((await complete(people.otherInstructor, upload.id)).status, 404);
    const form = await sendForm(server, people.student.token, [{ fileName: 'a.txt', content: eicar }]);
    assert.equal(form.body.code, 'file_infected');
    assert.deepEqual(await storedKeys(server), before);
    assert.ok(server.log.some(({ virus }) => virus === 'Eicar-Test-Signature'));
    const metrics = await (await fetch(`${server.address}/metrics`)).text();
    assert.match(metrics, /lms_file_scans_total\{outcome="infected"\} 2/);
  });

  test('with the scanner away nothing is let in, and an announced one can be completed later', async (t) => {
    const upload = await sent(people.otherInstructor, 'clean');
    const before = await storedKeys(server);
    clamd.mood = 'closes';
    t.after(() => (clamd.mood = 'well'));
    assert.equal((await complete(people.otherInstructor, upload.id)).status, 503);
    const form = await sendForm(server, people.student.token, [{ fileName: 'a.txt', content: 'clean' }]);
    assert.equal(form.status, 503);
    assert.deepEqual(await storedKeys(server), before);
    clamd.mood = 'well';
    assert.equal((await complete(people.otherInstructor, upload.id)).status, 200);
  });

  test('a form in the place of the bytes is refused: 415', async () => {
    const { body: upload } = await announce(people.otherStudent, 10);
    const form = new FormData();
    form.set('file', new Blob(['x'.repeat(10)]), 'a.txt');
    assert.equal((await fetch(here(server, upload.url), { method: 'PUT', body: form })).status, 415);
  });
});
