import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { azuriteIsMissing, startAzurite, type Azurite } from '#test/azurite.ts';
import { storedKeys, uploadFile } from '#test/files.ts';
import type { Person } from '#test/client.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('files with their bytes in Azure', { skip: azuriteIsMissing }, () => {
  let azurite: Azurite;
  let server: TestServer;
  let person: Person;
  before(async () => {
    azurite = await startAzurite();
    server = await startTestServer({
      config: {
        fileStorageProvider: 'azure',
        azureStorageConnectionString: azurite.connectionString,
        azureStorageDownloads: 'redirect',
      },
    });
    person = await server.registerStudent();
  });
  after(async () => {
    await server?.stop();
    await azurite?.stop();
  });

  test('an announced upload goes to the store itself, once, and is checked there', async () => {
    const content = 'GIF89a, sent to the store';
    const body = { fileName: 'a.txt', sizeBytes: content.length };
    const { body: upload } = await server.post('/files/uploads', body, person.token);
    assert.equal(new URL(upload.url).host, new URL(azurite.url).host);
    const early = await server.put(`/files/uploads/${upload.id}/completion`, {}, person.token);
    assert.equal(early.body.code, 'upload_incomplete');
    const { method, headers } = upload;
    assert.equal((await fetch(upload.url, { method, headers, body: content })).status, 201);
    const done = await server.put(`/files/uploads/${upload.id}/completion`, {}, person.token);
    assert.equal(done.status, 200, done.text);
    assert.equal(done.body.mediaType, 'image/gif');
    const again = await fetch(upload.url, { method, headers, body: 'GIF89a, something else...' });
    assert.ok(again.status >= 400, `what was checked was replaced: ${again.status}`);
  });

  test('more or less than was announced is refused, and removed from the store', async () => {
    const before = await storedKeys(server);
    for (const content of ['too much', 'few']) {
      const { body: upload } = await server.post(
        '/files/uploads',
        { fileName: 'a', sizeBytes: 5 },
        person.token,
      );
      const { method, headers } = upload;
      assert.equal((await fetch(upload.url, { method, headers, body: content })).status, 201);
      const done = await server.put(`/files/uploads/${upload.id}/completion`, {}, person.token);
      assert.equal(done.body.code, 'upload_mismatch');
    }
    assert.deepEqual(await storedKeys(server), before);
  });

  test('content is read from the store by an address that is safe there too', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>';
    const file = await uploadFile(server, person, svg, 'Größe.svg');
    const answer = await fetch(`${server.baseUrl}/files/${file.id}/content`, {
      headers: { authorization: `Bearer ${person.token}` },
      redirect: 'manual',
    });
    assert.equal(answer.status, 302);
    assert.match(answer.headers.get('cache-control') ?? '', /no-store/);
    const stored = await fetch(answer.headers.get('location') ?? '', { headers: { range: 'bytes=0-3' } });
    assert.equal(stored.status, 206);
    assert.equal(await stored.text(), '<svg');
    assert.match(stored.headers.get('content-disposition') ?? '', /^attachment;/);
    assert.equal(stored.headers.get('content-type'), 'image/svg+xml; charset=utf-8');
  });
});
