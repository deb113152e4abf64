import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { examineSettings } from './config.ts';

const key = 'dk3mWq9vTzR7bXc1LfYh8sNp5GjUa2Eo6ViQx4ZtJr0=';
const look = (env: Record<string, string>) =>
  examineSettings({ env: { ENVIRONMENT: 'test', ...env }, cwd: '/' }, { mayWrite: false });

suite('settings of backups', () => {
  test('a place needs a key, and there is one place', () => {
    assert.deepEqual(look({ BACKUP_DIR: 'backups', BACKUP_KEY: key }).reasons, []);
    assert.equal(look({ BACKUP_DIR: 'backups', BACKUP_KEY: key }).config.backupDir, '/backups');
    assert.match(look({ BACKUP_DIR: 'backups' }).reasons.join(), /BACKUP_KEY is missing/);
    const both = look({ BACKUP_DIR: 'a', BACKUP_AZURE_CONTAINER_NAME: 'backups', BACKUP_KEY: key });
    assert.match(both.reasons.join(), /two places/);
    assert.match(look({ BACKUP_KEY: key }).warnings.join(), /no backups are made/);
  });

  test('a weak key stops staging and production, and is warned of elsewhere, without being told', () => {
    const weak = { BACKUP_DIR: 'backups', BACKUP_KEY: 'correct-horse' };
    assert.match(look(weak).warnings.join(), /BACKUP_KEY is too short/);
    const strict = look({ ...weak, ENVIRONMENT: 'production' });
    assert.match(strict.reasons.join(), /BACKUP_KEY is too short/);
    assert.doesNotMatch([...strict.reasons, ...strict.warnings].join(), /horse/);
  });

  test('a container needs an account: its own, or that of the files', () => {
    const container = { BACKUP_AZURE_CONTAINER_NAME: 'backups', BACKUP_KEY: key };
    assert.match(look(container).reasons.join(), /needs a storage account/);
    const account = 'https://name.blob.core.windows.net';
    assert.deepEqual(look({ ...container, BACKUP_AZURE_STORAGE_ACCOUNT_URL: account }).reasons, []);
    assert.deepEqual(
      look({ ...container, FILE_STORAGE_PROVIDER: 'azure', AZURE_STORAGE_ACCOUNT_URL: account }).reasons,
      [],
    );
  });
});
