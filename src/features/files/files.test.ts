import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import {
  beginUpload,
  formOf,
  here,
  partialFiles,
  sendForm,
  storedKeys,
  uploadFile,
  type FilePart,
} from '#test/files.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';
import { keepFile, receiveFile } from './commands/upload-file.ts';

const limitBytes = 100_000;

suite('uploading a file', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer({ config: { uploadLimitBytes: limitBytes, uploadQuotaBytes: 300_000 } });
    people = await makePeople(server);
  });
  after(() => server.stop());

  const countFiles = async () => {
    const { db } = server.open.deps;
    return (await db.selectFrom('file').select('id').execute()).length;
  };

  /** Nothing more is in the store or the database afterwards. */
  async function leavesNothing(work: () => Promise<void>): Promise<void> {
    const before = [await storedKeys(server), await countFiles()];
    await work();
    assert.deepEqual([await storedKeys(server), await countFiles()], before);
  }

  test('the answer tells what came: size, checksum, type by content, a safe name; and the event its ids', async () => {
    const content = 'Grüße aus dem Wald.\n';
    const answer = await sendForm(server, people.student.token, [
      { fileName: '../../etc/Größe ünd\u202e.txt', type: 'text/html', content },
    ]);
    assert.equal(answer.status, 201, answer.text);
    const { id, sizeBytes, mediaType } = answer.body;
    assert.equal(answer.body.name, 'Größe ünd .txt');
    assert.equal(mediaType, 'text/plain');
    assert.equal(sizeBytes, Buffer.byteLength(content));
    assert.equal(answer.body.sha256, createHash('sha256').update(content).digest('hex'));
    assert.equal(answer.headers.get('location'), `/api/v1/files/${id}`);
    assert.deepEqual((await server.get(`/files/${id}`, people.student.token)).body, answer.body);
    assert.equal(await (await fetch(here(server, answer.body.contentUrl))).text(), content);
    const event = await server.open.deps.db
      .selectFrom('event')
      .select('data')
      .where('type', '=', 'file.uploaded')
      .executeTakeFirstOrThrow();
    assert.deepEqual(event.data, { fileId: id, userId: people.student.id, sizeBytes, mediaType });
  });

  test('one byte too many ends it, and nothing of it is left', () =>
    leavesNothing(async () => {
      for (const size of [limitBytes + 1, 20 * limitBytes]) {
        const answer = await sendForm(server, people.admin.token, [
          { fileName: 'a', content: Buffer.alloc(size, 1) },
        ]);
        assert.equal(answer.status, 413, answer.text);
        assert.equal(answer.body.code, 'payload_too_large');
        assert.deepEqual(answer.body.errors[0].params, { limitBytes });
      }
      const { id } = await uploadFile(server, people.admin, Buffer.alloc(limitBytes, 1));
      assert.equal((await server.delete(`/files/${id}`, people.admin.token)).status, 204);
    }));

  const file: FilePart = { fileName: 'a.txt', content: 'some text' };
  const badForms: [string, FilePart[]][] = [
    ['no part', []],
    ['a field in the place of the file', [{ content: 'text' }]],
    ['a file of another name', [{ ...file, name: 'upload' }]],
    ['two files', [file, file]],
    ['a field behind the file', [file, { name: 'purpose', content: 'avatar' }]],
    ['a field before the file', [{ name: 'purpose', content: 'avatar' }, file]],
    ['a name of the prototype', [{ ...file, name: '__proto__' }]],
    ['10,000 parts', Array.from({ length: 10_000 }, () => ({ ...file, name: 'a' }))],
    ['10,000 files behind the first', [file, ...Array.from({ length: 10_000 }, () => file)]],
    ['an empty file', [{ fileName: 'a.txt', content: '' }]],
  ];
  for (const [what, parts] of badForms) {
    test(`${what}: 400, and nothing is left`, () =>
      leavesNothing(async () => {
        const { body, headers } = formOf(parts);
        const { request, answer } = beginUpload(server, people.student.token, headers);
        request.end(body);
        const { status } = (await answer) ?? {};
        assert.equal(status, 400);
      }));
  }

  test('a name of a megabyte is cut', async () => {
    const { body, headers } = formOf([{ ...file, fileName: 'x'.repeat(1_000_000) }]);
    const { request, answer } = beginUpload(server, people.student.token, headers);
    request.end(body);
    assert.equal((await answer)?.body.name, 'x'.repeat(200));
  });

  test('a client that goes away in the middle leaves nothing', () =>
    leavesNothing(async () => {
      const { body, headers } = formOf([{ fileName: 'a.txt', content: 'x'.repeat(50_000) }]);
      const { request, answer } = beginUpload(server, people.student.token, headers);
      request.write(body.subarray(0, 30_000));
      await waitFor('the upload has begun', async () => (await partialFiles(server)) > 0);
      request.destroy();
      assert.equal(await answer, undefined);
      await waitFor('nothing is left', async () => (await partialFiles(server)) === 0);
    }));

  test('a length that is not true: the form broke off, and nothing is left', () =>
    leavesNothing(async () => {
      const { body, headers } = formOf([file]);
      const { request, answer } = beginUpload(server, people.student.token, {
        ...headers,
        'content-length': body.length - 20,
      });
      request.end(body.subarray(0, -20));
      assert.equal((await answer)?.status, 400);
    }));

  test('a form that breaks off, without a boundary, or of nonsense: 400, and nothing is left', () =>
    leavesNothing(async () => {
      const { token } = people.student;
      const whole = formOf([file]);
      const cut = formOf([file], false);
      const sent = [
        { raw: cut.body, headers: cut.headers },
        { raw: whole.body, headers: { 'content-type': 'multipart/form-data' } },
        { raw: whole.body, headers: { 'content-type': 'multipart/form-data; boundary=another' } },
        { raw: Buffer.from('\0\xff'.repeat(1_000)), headers: whole.headers },
        { raw: Buffer.from(whole.body.toString().replaceAll('\r\n', '\n')), headers: whole.headers },
      ];
      for (const request of sent) {
        const answer = await server.request('POST', '/files', { token, ...request });
        assert.equal(answer.status, 400, answer.text);
      }
    }));

  test('forms are read where they belong, and nothing else is there: 415', async () => {
    const { token } = people.instructor;
    const form = formOf([file]);
    assert.equal((await server.post('/files', { file: 'text' }, token)).status, 415);
    assert.equal((await server.request('POST', '/files', { token })).status, 415);
    const types = [{ 'content-type': 'text/plain' }, { 'content-type': 'application/octet-stream' }];
    for (const headers of types)
      assert.equal((await server.request('POST', '/files', { token, raw: form.body, headers })).status, 415);
    const elsewhere = { token, raw: form.body, headers: form.headers };
    assert.equal((await server.request('POST', '/courses', elsewhere)).status, 415);
    assert.equal((await server.request('POST', '/files/uploads', elsewhere)).status, 415);
    assert.equal((await sendForm(server, undefined, [file])).status, 401);
  });

  test('of two uploads at once that fit alone, one is refused: the quota holds', async () => {
    const { token } = await server.registerStudent();
    const content = Buffer.alloc(90_000, 1);
    await uploadFile(server, { token }, content, 'a');
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => sendForm(server, token, [{ fileName: 'a', content }])),
    );
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 201, 409]);
    const refused = answers.find(({ status }) => status === 409);
    assert.equal(refused?.body.code, 'quota_exceeded');
    const cut = await sendForm(server, token, [{ fileName: 'a', content: Buffer.alloc(50_000, 1) }]);
    assert.equal(cut.body.code, 'quota_exceeded', 'refused while it comes');
    const first = answers.find(({ status }) => status === 201);
    assert.equal((await server.delete(`/files/${first?.body.id}`, token)).status, 204);
    assert.equal(
      (await sendForm(server, token, [{ fileName: 'a', content }])).status,
      201,
      'there is room again',
    );
    assert.equal(await countFiles(), (await storedKeys(server)).length);
  });

  test('of many that came and are kept at the same moment, no more are than the quota allows', async () => {
    const { deps } = server.open;
    const { id: userId } = await server.registerStudent();
    const actor = { userId, sessionId: '', role: 'student' as const };
    const content = async function* () {
      yield Buffer.alloc(90_000, 1);
    };
    const received = await Promise.all(
      Array.from({ length: 8 }, () => receiveFile(deps, actor, { fileName: 'a', content: content() })),
    );
    const kept = await Promise.allSettled(received.map((each) => keepFile(deps, actor, each)));
    assert.equal(kept.filter(({ status }) => status === 'fulfilled').length, 3);
    assert.equal(await countFiles(), (await storedKeys(server)).length, 'the others’ bytes are gone');
  });

  test('programs are refused by their content, whatever they are called', () =>
    leavesNothing(async () => {
      for (const magic of ['7f454c4602', '4d5a90000300', 'cffaedfe0700', '0061736d0100']) {
        const content = Buffer.from(magic, 'hex');
        const answer = await sendForm(server, people.student.token, [
          { fileName: 'photo.png', type: 'image/png', content },
        ]);
        assert.equal(answer.status, 400, answer.text);
        assert.equal(answer.body.code, 'file_type_not_allowed');
      }
    }));

  test('Idempotency-Key is ignored: no earlier answer is given for another file', async () => {
    const { token } = people.admin;
    const headers = { 'idempotency-key': 'the-same' };
    const one = await sendForm(server, token, [{ fileName: 'a', content: 'one' }], headers);
    const other = await sendForm(server, token, [{ fileName: 'a', content: 'other' }], headers);
    assert.notEqual(one.body.id, other.body.id);
    assert.notEqual(one.body.sha256, other.body.sha256);
  });
});

suite('an upload that does not go on', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ config: { uploadIdleTimeoutSeconds: 1 } });
  });
  after(() => server.stop());

  test('is answered 408 after the time that is allowed, and leaves nothing', async () => {
    const { token } = await server.registerStudent();
    const { body, headers } = formOf([{ fileName: 'a.txt', content: 'x'.repeat(50_000) }]);
    const { request, answer } = beginUpload(server, token, headers);
    let at = 0;
    const drip = setInterval(() => request.write(body.subarray(at, (at += 10))), 100);
    const { status, body: problem } = (await answer) ?? {};
    clearInterval(drip);
    request.destroy();
    assert.equal(status, 408);
    assert.equal(problem.code, 'timeout');
    assert.equal(await partialFiles(server), 0);
    assert.deepEqual(await storedKeys(server), []);
  });
});
