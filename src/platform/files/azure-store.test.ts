import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { buffer } from 'node:stream/consumers';
import { AppError } from '#platform/errors.ts';
import { createLogger } from '#platform/log.ts';
import { azuriteIsMissing, startAzurite, type Azurite } from '#test/azurite.ts';
import { createAzureStore, type AzureStoreOptions } from './azure-store.ts';
import type { FileStore } from './file-store.ts';
import { newKey, sourceOf, testContract } from './store-contract-testing.ts';

const options = { contentType: 'text/plain' };
const isUnavailable = (error: unknown) => error instanceof AppError && error.status === 503;

suite('files in Azure Blob Storage', { skip: azuriteIsMissing }, () => {
  let azurite: Azurite;
  let store: FileStore;
  const lines: string[] = [];
  const log = createLogger({
    level: 'warn',
    service: 'test',
    version: 'test',
    destination: { write: (line) => void lines.push(line) },
  });
  const open = (more: Partial<AzureStoreOptions> = {}) =>
    createAzureStore({
      connectionString: azurite.connectionString,
      accountUrl: null,
      clientId: null,
      containerName: 'lms',
      redirectsDownloads: true,
      log,
      ...more,
    });
  before(async () => {
    azurite = await startAzurite();
    store = open();
  });
  after(() => azurite.stop());

  testContract(() => store, 64);

  const download = {
    ...options,
    fileName: 'Übung "1".txt',
    disposition: 'attachment' as const,
    expiresInSeconds: 60,
  };

  test('a container that does not exist has no files, and is made for the first', async () => {
    const other = open({ containerName: 'another' });
    assert.equal(await other.find(newKey()), undefined);
    assert.deepEqual(await Array.fromAsync(other.list('files/')), []);
    await other.remove(newKey());
    const key = newKey();
    await other.put(key, sourceOf('x'), options);
    assert.equal((await other.find(key))?.sizeBytes, 1);
  });

  test('an address to read gives this file, as it is named here, and nothing else', async () => {
    const [key, neighbour] = [newKey(), newKey()];
    await store.put(key, sourceOf('0123456789'), { contentType: 'text/html' });
    await store.put(neighbour, sourceOf('other'), options);
    const url = (await store.downloadUrl(key, download)) ?? '';
    const answer = await fetch(url, { headers: { range: 'bytes=2-4' } });
    assert.deepEqual([answer.status, await answer.text()], [206, '234']);
    assert.equal(answer.headers.get('content-type'), 'text/plain');
    assert.match(
      answer.headers.get('content-disposition') ?? '',
      /^attachment; .*UTF-8''%C3%9Cbung%201%20\.txt$/,
    );
    assert.equal((await fetch(url.replace(key, neighbour))).status, 403);
    const put = { method: 'PUT', body: 'x', headers: { 'x-ms-blob-type': 'BlockBlob' } };
    assert.equal((await fetch(url, put)).status, 403);
    assert.equal((await fetch(url, { method: 'DELETE' })).status, 403);
    assert.equal((await buffer(await store.read(key))).toString(), '0123456789');
  });

  test('an address is good for its time only', async () => {
    const key = newKey();
    await store.put(key, sourceOf('x'), options);
    const url = (await store.downloadUrl(key, { ...download, expiresInSeconds: -1 })) ?? '';
    assert.equal((await fetch(url)).status, 403);
    const { searchParams } = new URL((await store.downloadUrl(key, download)) ?? '');
    const left = new Date(searchParams.get('se') ?? '').getTime() - Date.now();
    assert.ok(left > 50_000 && left <= 60_000, String(left));
    assert.deepEqual([searchParams.get('sp'), searchParams.get('sr')], ['r', 'b']);
  });

  test('where downloads go through the API, it gives no address to read', async () => {
    assert.equal(await open({ redirectsDownloads: false }).downloadUrl(newKey(), download), null);
  });

  test('an address to write creates this file, once, and allows nothing else', async () => {
    const key = newKey();
    const { url, headers } = (await store.uploadUrl(key, { ...options, expiresInSeconds: 60 }))!;
    assert.equal((await fetch(url)).status, 403);
    const put = (address: string, body: string) => fetch(address, { method: 'PUT', headers, body });
    assert.equal((await put(url.replace(key, newKey()), 'x')).status, 403);
    const block = '&comp=block&blockid=MDAwMDAw';
    assert.equal((await put(url + block, 'x')).status, 403);
    assert.equal((await put(url, 'first')).status, 201);
    const again = await put(url, 'second');
    assert.ok([403, 409].includes(again.status), String(again.status));
    assert.equal((await buffer(await store.read(key))).toString(), 'first');
    assert.equal((await fetch(url, { method: 'DELETE' })).status, 403);
    assert.deepEqual([...new URL(url).searchParams.getAll('sp')], ['c']);
  });

  test('lists more than fit in one page', async () => {
    const keys = Array.from({ length: 25 }, (_, index) => `many/${index}`);
    for (const key of keys) await store.put(key, sourceOf(key), options);
    const found = await Array.fromAsync(open({ pageSize: 10 }).list('many/'));
    assert.deepEqual(found.map(({ key }) => key).toSorted(), keys.toSorted());
  });

  /** An account whose every answer is this one. */
  const facing = async (listener: RequestListener, work: (store: FileStore) => Promise<void>) => {
    const server: Server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connectionString = azurite.connectionString.replace(
      /:\d+\/devstoreaccount1/,
      `:${port}/devstoreaccount1`,
    );
    try {
      await work(open({ connectionString }));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };
  const answering =
    (status: number, code: string): RequestListener =>
    (request, response) => {
      request.resume();
      response.writeHead(status, { 'x-ms-error-code': code, 'content-type': 'application/xml' });
      response.end(
        request.method === 'HEAD' ? '' : `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`,
      );
    };

  test('whatever keeps the service from answering is 503, and the log says what to do, without a signature', async () => {
    for (const [status, code, said] of [
      [403, 'AuthenticationFailed', /Storage Blob Data Contributor/],
      [404, 'ContainerNotFound', /the container does not exist/],
      [409, 'ContainerBeingDeleted', /does not answer as it should/],
      [500, 'InternalError', /does not answer as it should/],
      [503, 'ServerBusy', /does not answer as it should/],
      [507, 'InsufficientStorage', /does not answer as it should/],
    ] as const) {
      lines.length = 0;
      await facing(answering(status, code), async (away) => {
        await assert.rejects(away.put(newKey(), sourceOf('x'), options), isUnavailable, code);
        await assert.rejects(away.read(newKey()), isUnavailable, code);
        await assert.rejects(away.check(), isUnavailable, code);
        if (status !== 404) await assert.rejects(away.find(newKey()), isUnavailable, code);
      });
      assert.match(lines.join(''), said, code);
      assert.doesNotMatch(lines.join(''), /sig=|SharedKey|AccountKey/);
    }
  });

  test('so is an account that nobody answers for, and one that cuts the line', async () => {
    const cutting: RequestListener = (request) => request.socket.destroy();
    await facing(cutting, async (away) => {
      await assert.rejects(away.put(newKey(), sourceOf('x'), options), isUnavailable);
    });
    const connectionString = azurite.connectionString.replace(
      /:\d+\/devstoreaccount1/,
      ':1/devstoreaccount1',
    );
    const source = sourceOf('x');
    await assert.rejects(open({ connectionString }).put(newKey(), source, options), isUnavailable);
    assert.ok(source.destroyed);
  });

  test('an upload that is aborted while the service hangs ends at once, by its own reason', async () => {
    const hanging: RequestListener = (request) => void request.resume();
    await facing(hanging, async (away) => {
      const aborting = new AbortController();
      setTimeout(() => aborting.abort(new Error('the client went away')), 50);
      const { signal } = aborting;
      await assert.rejects(away.put(newKey(), sourceOf('x'), { ...options, signal }), /the client went away/);
    });
  });

  test('it is used again when it is back', async () => {
    let isAway = true;
    const flaky: RequestListener = (request, response) =>
      answering(isAway ? 403 : 201, isAway ? 'AuthorizationFailure' : '')(request, response);
    await facing(flaky, async (back) => {
      await assert.rejects(back.put(newKey(), sourceOf('x'), options), isUnavailable);
      isAway = false;
      assert.equal((await back.put(newKey(), sourceOf('x'), options)).sizeBytes, 1);
    });
  });
});
