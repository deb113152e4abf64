import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { eicar, startFakeClamd, type FakeClamd } from '#test/clamd.ts';
import type { Body, Person } from '#test/client.ts';
import { here, sendForm, storedKeys, uploadFile } from '#test/files.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

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
    assert.equal(done.body.name, 'pic.txt');
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
