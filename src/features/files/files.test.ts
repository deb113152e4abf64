import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { addSection, addTextLesson, makeCourse, publish } from '#test/courses.ts';
import { here, sendForm, storedKeys, uploadFile } from '#test/files.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

suite('uploading a file', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer({ config: { uploadLimitBytes: 100_000, uploadQuotaBytes: 300_000 } });
    people = await makePeople(server);
  });
  after(() => server.stop());

  test('the answer tells what came: size, checksum, type by content, a safe name', async () => {
    const content = 'Grüße aus dem Wald.\n';
    const answer = await sendForm(server, people.student.token, [
      { fileName: '../../etc/Größe ünd\u202e.txt', type: 'text/html', content },
    ]);
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.body.name, 'Größe ünd .txt');
    assert.equal(answer.body.mediaType, 'text/plain');
    assert.equal(answer.body.sizeBytes, Buffer.byteLength(content));
    assert.equal(answer.body.sha256, createHash('sha256').update(content).digest('hex'));
    assert.equal(answer.body.ownerId, people.student.id);
    const read = await server.get(`/files/${answer.body.id}`, people.student.token);
    assert.equal(read.status, 200, read.text);
    assert.deepEqual(read.body, answer.body);
    const bytes = await fetch(here(server, answer.body.contentUrl));
    assert.equal(bytes.status, 200);
    assert.equal(await bytes.text(), content);
  });

  test('a file that is one byte too large is cut off, and nothing of it is left', async () => {
    const before = await storedKeys(server);
    const fits = await sendForm(server, people.admin.token, [
      { fileName: 'a', content: Buffer.alloc(100_000, 1) },
    ]);
    assert.equal(fits.status, 201, fits.text);
    const large = await sendForm(server, people.admin.token, [
      { fileName: 'a', content: Buffer.alloc(100_001, 1) },
    ]);
    assert.equal(large.status, 413, large.text);
    assert.equal(large.body.code, 'payload_too_large');
    const announced = await sendForm(server, people.admin.token, [
      { fileName: 'a', content: Buffer.alloc(1_000_000, 1) },
    ]);
    assert.equal(announced.status, 413, announced.text);
    assert.equal((await storedKeys(server)).length, before.length + 1);
  });
});
