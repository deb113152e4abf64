import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { ConfigError, loadConfig } from './config.ts';
import { findConnectionProblem } from './keys.ts';

const connection =
  'DefaultEndpointsProtocol=https;AccountName=academy;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net';

suite('where files are kept', () => {
  let cwd = '';
  before(() => {
    cwd = mkdtempSync(path.join(tmpdir(), 'lms-config-'));
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));
  const load = (env: Record<string, string>) => loadConfig({ env: { ENVIRONMENT: 'test', ...env }, cwd });
  const refusal = (env: Record<string, string>): string => {
    try {
      load(env);
      return '';
    } catch (error) {
      assert.ok(error instanceof ConfigError);
      return error.reasons.join('\n');
    }
  };

  test('a folder of their own may lie anywhere; without one it is below the data folder', () => {
    assert.equal(load({ UPLOADS_DIR: 'files' }).config.uploadsDir, path.join(cwd, 'files'));
    assert.equal(load({ DATA_DIR: '/srv/lms' }).config.uploadsDir, '/srv/lms/uploads');
  });

  test('Azure needs a connection string or an address, and takes one of them', () => {
    const azure = { FILE_STORAGE_PROVIDER: 'Azure' };
    const url = 'https://academy.blob.core.windows.net';
    assert.match(refusal(azure), /needs AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT_URL/);
    assert.deepEqual(load({ ...azure, AZURE_STORAGE_CONNECTION_STRING: connection }).warnings, []);
    const { config, warnings } = load({ ...azure, AZURE_STORAGE_ACCOUNT_URL: `${url}/` });
    assert.deepEqual([config.azureStorageAccountUrl, warnings], [url, []]);
    const both = { ...azure, AZURE_STORAGE_ACCOUNT_URL: url, AZURE_STORAGE_CONNECTION_STRING: connection };
    assert.match(load(both).warnings.join(), /AZURE_STORAGE_ACCOUNT_URL does nothing/);
    assert.match(load({ AZURE_STORAGE_ACCOUNT_URL: url }).warnings.join(), /FILE_STORAGE_PROVIDER is local/);
  });

  test('a connection string is said to be wrong without being told', () => {
    for (const [text, problem] of [
      ['<azure-connection-string>', /^is a placeholder/],
      ['AccountName=academy', /^lacks AccountKey$/],
      ['AccountName=;AccountKey=c2VjcmV0', /^lacks AccountName$/],
      ['c2VjcmV0', /^lacks AccountName and AccountKey$/],
      [
        'BlobEndpoint=https://a.example;SharedAccessSignature=sv=1&sig=c2VjcmV0',
        /^holds a shared access signature/,
      ],
    ] as const) {
      assert.match(findConnectionProblem(text) ?? '', problem);
      const said = refusal({ FILE_STORAGE_PROVIDER: 'azure', AZURE_STORAGE_CONNECTION_STRING: text });
      assert.match(said, /^AZURE_STORAGE_CONNECTION_STRING /);
      assert.doesNotMatch(said, /c2VjcmV0/);
    }
    assert.equal(findConnectionProblem(connection), undefined);
    assert.equal(findConnectionProblem('UseDevelopmentStorage=true'), undefined);
  });

  test('a name that no container can have is refused at the start', () => {
    for (const name of ['ab', 'Files', 'my_files', '-files', 'files-', 'a--b', 'a'.repeat(64), 'a/b'])
      assert.match(
        refusal({ AZURE_STORAGE_CONTAINER_NAME: name }),
        /^AZURE_STORAGE_CONTAINER_NAME .* 3 to 63/,
        name,
      );
    assert.equal(
      load({ AZURE_STORAGE_CONTAINER_NAME: 'lms-files' }).config.azureStorageContainerName,
      'lms-files',
    );
  });
});
