import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setDefaultCACertificates } from 'node:tls';
import { inspect } from 'node:util';
import { makeAuthority } from '#test/certificates.ts';
import { startKeyVault, vaultHost, vaultUrl, type KeyVault } from '#test/key-vault.ts';
import { runCommand } from '#test/program.ts';
import { examineSettings } from './config.ts';
import { readKeyVault, vaultNameOf } from './key-vault.ts';
import { secretFileNames } from './secret-files.ts';

const strongKey = 'q8Zt3vLw0Yb7NcR5mXe2HsKj9UaGdPfT6oBi1WxV';
const otherKey = 'Vx4Wi1oB6Tf2PdGaU9jKsH7eXm5RcN0bYwLv3tZq';
const encryptionKey = 'p1Hq0l2tQ5mXv8yYw3bR7cZk9sN4dF6gJ0aLeTuVxWo=';
const stored = {
  'secret-key': `${strongKey}\n`,
  'encryption-key': encryptionKey,
  'database-url': 'postgresql://lms:q8Zt3vLw0Yb7@db/lms',
  'smtp-password': '',
};

suite('secrets from Azure Key Vault', () => {
  const authority = makeAuthority();
  let cwd = '';
  let vault: KeyVault;
  before(async () => {
    cwd = mkdtempSync(path.join(tmpdir(), 'lms-vault-'));
    setDefaultCACertificates([authority.cert]);
    vault = await startKeyVault(stored, authority.issue(vaultHost));
    // The client reads them from the environment, as it does in Azure.
    Object.assign(process.env, vault.env);
  });
  after(async () => {
    await vault.stop();
    rmSync(cwd, { recursive: true, force: true });
  });

  const examine = async (env: Record<string, string>) => {
    const input = await readKeyVault({ env: { AZURE_KEYVAULT_URL: vaultUrl, ...env }, cwd });
    return examineSettings(input, { mayWrite: false });
  };

  test('those that are there are used, and those that are not there are not set', async () => {
    const { config, reasons } = await examine({ AZURE_CLIENT_ID: '9c1f3c4e-0000-4000-8000-000000000001' });
    assert.deepEqual(reasons, []);
    assert.equal(config.secretKey, strongKey);
    assert.equal(config.encryptionKey, encryptionKey);
    assert.equal(config.databaseUrl, stored['database-url']);
    assert.deepEqual([config.redisUrl, config.secretKeyPrevious, config.smtpPassword], [null, null, null]);
    assert.deepEqual(vault.asked.toSorted(), [...secretFileNames.keys()].map(vaultNameOf).toSorted());
    assert.equal(vault.challenges(), 1, 'told once who gives tokens');
    assert.deepEqual(vault.clientIds, ['9c1f3c4e-0000-4000-8000-000000000001']);
  });

  test('what the environment or a file sets is not asked for', async () => {
    vault.asked.length = 0;
    writeFileSync(path.join(cwd, 'url'), 'postgresql://lms:q8Zt3vLw0Yb7@elsewhere/lms');
    const { config } = await examine({ SECRET_KEY: otherKey, DATABASE_URL_FILE: 'url' });
    assert.equal(config.secretKey, otherKey);
    assert.match(config.databaseUrl ?? '', /elsewhere/);
    assert.ok(vault.asked.includes('encryption-key'));
    assert.ok(!vault.asked.includes('secret-key') && !vault.asked.includes('database-url'));
  });

  test('without AZURE_KEYVAULT_URL nothing is asked; one that is not https is refused', async () => {
    vault.asked.length = 0;
    assert.deepEqual((await examine({ AZURE_KEYVAULT_URL: '' })).reasons, []);
    const { reasons } = await examine({ AZURE_KEYVAULT_URL: `http://${vaultHost}` });
    assert.deepEqual(reasons, ['AZURE_KEYVAULT_URL must begin with https://, since secrets come from there']);
    assert.deepEqual(vault.asked, []);
  });

  test('a program that is started has them, and shows none of them', async (t) => {
    const file = path.join(cwd, 'authority.pem');
    writeFileSync(file, authority.cert);
    const env = {
      ...vault.env,
      NODE_EXTRA_CA_CERTS: file,
      AZURE_KEYVAULT_URL: vaultUrl,
      ENVIRONMENT: 'development',
    };
    const { code, stdout } = await runCommand(t, ['check-config'], { env });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /SECRET_KEY +set \(40 characters\)/);
    assert.match(stdout, /DATABASE_URL +postgresql:\/\/\*\*\*@db\/lms/);
    for (const secret of Object.values(stored)) assert.ok(secret === '' || !stdout.includes(secret.trim()));
  });

  const failures = [
    {
      name: 'refuses the identity',
      status: 403,
      said: /refuses this identity \(403\): give it the role "Key Vault Secrets User"/,
    },
    { name: 'answers with an error', status: 409, said: /answers with status 409/ },
  ];
  for (const { name, status, said } of failures) {
    test(`a vault that ${name} is the one reason, told without a secret`, async () => {
      vault.answerWith(status);
      const found = await examine({ ENVIRONMENT: 'staging', PUBLIC_URL: 'https://a.example' });
      vault.answerWith(0);
      assert.equal(found.reasons.length, 1, found.reasons.join('\n'));
      assert.match(found.reasons.join(), /^AZURE_KEYVAULT_URL names a vault that /);
      assert.match(found.reasons.join(), said);
      assert.ok(!inspect(found, { depth: 9 }).includes(strongKey));
    });
  }

  test('a machine without an identity, and a vault that is away, are told apart', async () => {
    const { reasons } = await examine({ AZURE_KEYVAULT_URL: 'https://other.vault.azure.net' });
    assert.match(reasons.join(), /^AZURE_KEYVAULT_URL names a vault that cannot be reached/);
    vault.takeIdentity();
    const without = await examine({ AZURE_CLIENT_ID: '9c1f3c4e-0000-4000-8000-000000000002' });
    assert.match(without.reasons.join(), /this machine has no identity to read it with/);
  });
});
