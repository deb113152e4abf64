import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { setDefaultCACertificates } from 'node:tls';
import { buffer } from 'node:stream/consumers';
import { createLogger } from '#platform/log.ts';
import { azuriteIsMissing, startAzurite, type Azurite } from '#test/azurite.ts';
import { makeAuthority } from '#test/certificates.ts';
import { createAzureStore } from './azure-store.ts';
import { newKey, sourceOf } from './store-contract-testing.ts';

const tenant = 'ab1f708d-50f6-404c-a006-d71b2ac7a606';
const header = 'the secret that Azure gives the machine';

/** A token as Azure's look; Azurite reads who it is for, from whom and until when. */
function tokenFor(audience: string | null): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    aud: audience?.replace(/\/$/, ''),
    iss: `https://sts.windows.net/${tenant}/`,
    ...{
      iat: now - 60,
      nbf: now - 60,
      exp: now + 3_600,
      oid: '23657296-5cd5-45b0-a809-d972a7f4dfe1',
      tid: tenant,
    },
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.${Buffer.from('unsigned').toString('base64url')}`;
}

suite('files in Azure Blob Storage by a managed identity', { skip: azuriteIsMissing }, () => {
  let azurite: Azurite;
  const asked: URL[] = [];
  const lines: string[] = [];
  // What App Service and Container Apps offer a program: tokens of the machine's identity.
  const machine = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '', 'http://machine');
    asked.push(url);
    const isKnown =
      request.headers['x-identity-header'] === header && url.searchParams.get('client_id') !== 'unknown';
    response.writeHead(isKnown ? 200 : 400, { 'content-type': 'application/json' });
    const answer = {
      access_token: tokenFor(url.searchParams.get('resource')),
      expires_on: String(Math.floor(Date.now() / 1000) + 3_600),
      resource: url.searchParams.get('resource'),
      token_type: 'Bearer',
    };
    response.end(JSON.stringify(isKnown ? answer : { error: 'invalid_client' }));
  });
  before(async () => {
    const authority = makeAuthority();
    setDefaultCACertificates([authority.cert]);
    azurite = await startAzurite(authority.issue('127.0.0.1'));
    machine.listen(0, '127.0.0.1');
    await once(machine, 'listening');
    process.env['IDENTITY_ENDPOINT'] = `http://127.0.0.1:${(machine.address() as AddressInfo).port}/token`;
    process.env['IDENTITY_HEADER'] = header;
  });
  after(async () => {
    machine.closeAllConnections();
    machine.close();
    await azurite.stop();
  });
  const open = (clientId: string | null) =>
    createAzureStore({
      connectionString: null,
      accountUrl: azurite.url,
      clientId,
      containerName: 'lms',
      redirectsDownloads: true,
      log: createLogger({
        level: 'warn',
        service: 'test',
        version: 'test',
        destination: { write: (line) => void lines.push(line) },
      }),
    });

  test('files are kept without a key of the account, and addresses signed by one that is lent', async () => {
    const store = open('9c1f3c4e-0000-4000-8000-000000000001');
    const key = newKey();
    await store.put(key, sourceOf('content'), { contentType: 'text/plain' });
    assert.equal((await buffer(await store.read(key))).toString(), 'content');
    assert.equal(asked.at(-1)?.searchParams.get('client_id'), '9c1f3c4e-0000-4000-8000-000000000001');

    const contentType = 'text/plain';
    const download = {
      contentType,
      fileName: 'a.txt',
      disposition: 'attachment' as const,
      expiresInSeconds: 60,
    };
    const url = (await store.downloadUrl(key, download)) ?? '';
    assert.ok(new URL(url).searchParams.has('skoid'), 'signed by a key that was lent');
    assert.equal(await (await fetch(url)).text(), 'content');
    assert.equal((await fetch(url.replace(key, newKey()))).status, 403);

    const uploaded = newKey();
    const upload = (await store.uploadUrl(uploaded, { contentType, expiresInSeconds: 60 }))!;
    const put = () => fetch(upload.url, { method: 'PUT', headers: upload.headers, body: 'first' });
    assert.equal((await put()).status, 201);
    assert.ok((await put()).status >= 400);
    assert.equal((await store.find(uploaded))?.sizeBytes, 5);
    // One token serves them all.
    assert.equal(asked.length, 1);
  });

  test('an identity that the machine does not have is 503, and the log says so without a secret', async () => {
    const put = open('unknown').put(newKey(), sourceOf('x'), { contentType: 'text/plain' });
    await assert.rejects(put, { status: 503 });
    assert.match(lines.join(''), /Azure Blob Storage cannot be used/);
    assert.ok(!lines.join('').includes(header));
  });
});
