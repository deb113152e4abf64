import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { examineSettings } from '#platform/config/config.ts';
import { vaultNameOf } from '#platform/config/key-vault.ts';
import { settings } from '#platform/config/settings.ts';
import type { Deployment } from '../../checks/azure/template.ts';
import { deployApps, deployMain, find, part, sizes } from './deployments.ts';

type Container = { args: string[]; env: { name: string; value?: string; secretRef?: string }[] };

/** Connections to PostgreSQL, by the size: what Microsoft's table of limits leaves to users. */
const userConnections: Record<string, number> = {
  Standard_B1ms: 35,
  Standard_B2s: 414,
  Standard_B2ms: 844,
  Standard_D2ds_v5: 844,
  Standard_D4ds_v5: 1703,
};
/** What a process holds beside its pool: the job engine's two; a worker also four for its jobs and one that listens. */
const besides = { api: 2, worker: 7, scheduler: 2 };
/** The query by which Azure scales, and people who look. */
const others = 1;

function containerOf(deployment: Deployment, role: string): Container {
  const type = role === 'migrate' ? 'Microsoft.App/jobs' : 'Microsoft.App/containerApps';
  const [container] = part(
    find(deployment, type, `-${role}`),
    'properties.template.containers',
  ) as Container[];
  return container!;
}

function environmentOf(deployment: Deployment, role: string): Record<string, string> {
  return Object.fromEntries(
    containerOf(deployment, role).env.flatMap(({ name, value }) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

/** The settings that come from a secret of the container's. */
function secretsOf(deployment: Deployment, role: string): string[] {
  return containerOf(deployment, role).env.flatMap(({ name, secretRef }) => (secretRef ? [name] : []));
}

suite('the settings of the roles in Azure', () => {
  const deployments = {
    migrate: deployApps({ step: 'migration' }),
    api: deployApps(),
    worker: deployApps(),
    scheduler: deployApps(),
  };
  const vault = (name: string) =>
    String(
      part(
        find(deployMain(), 'Microsoft.KeyVault/vaults/secrets', `/${vaultNameOf(name)}`),
        'properties.value',
      ),
    );
  // By hand, as the docs say, for they are made once and rotated.
  const byHand = {
    SECRET_KEY: randomBytes(48).toString('base64'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SMTP_PASSWORD: 'x',
    BACKUP_KEY: randomBytes(48).toString('base64'),
  };

  for (const [role, deployment] of Object.entries(deployments)) {
    test(`${role}: production starts with them and the vault's, without a warning`, () => {
      const env = environmentOf(deployment, role);
      const known = new Set<string>(settings.map(({ name }) => name));
      assert.deepEqual(
        Object.keys(env).filter((name) => !known.has(name)),
        [],
      );
      const { AZURE_KEYVAULT_URL: _vault, ...open } = env;
      const own = secretsOf(deployment, role).map((name) => [name, vault(name)] as const);
      const secrets = {
        DATABASE_URL: vault('DATABASE_URL'),
        REDIS_URL: vault('REDIS_URL'),
        ...Object.fromEntries(own),
        ...byHand,
      };
      const { reasons, warnings, config } = examineSettings(
        { env: { ...open, ...secrets }, cwd: tmpdir() },
        { mayWrite: false },
      );
      assert.deepEqual({ reasons, warnings }, { reasons: [], warnings: [] });
      assert.equal(config.environment, 'production');
      assert.equal(config.fileStorageProvider, 'azure');
    });
  }

  test('no secret is among them: all come from the vault', () => {
    const secret = new Set<string>(
      settings.filter((one) => 'isSecret' in one && one.isSecret).map(({ name }) => name),
    );
    for (const [role, deployment] of Object.entries(deployments)) {
      const names = Object.keys(environmentOf(deployment, role));
      assert.deepEqual(
        names.filter((name) => secret.has(name)),
        [],
        role,
      );
      const own = secretsOf(deployment, role);
      assert.deepEqual(own, role === 'migrate' ? ['DATABASE_OWNER_URL'] : [], role);
    }
  });

  test('a role that ends has the time that it takes for its requests and jobs', () => {
    const seconds = settings.find(({ name }) => name === 'SHUTDOWN_TIMEOUT_SECONDS')?.default;
    for (const role of ['api', 'worker', 'scheduler']) {
      const app = find(deployApps(), 'Microsoft.App/containerApps', `-${role}`);
      assert.ok(
        Number(part(app, 'properties.template.terminationGracePeriodSeconds')) >= Number(seconds) + 10,
      );
    }
  });

  for (const databaseSize of sizes) {
    test(`${databaseSize}: old and new revision at their most replicas stay within its connections`, () => {
      const deployment = deployApps({ databaseSize });
      const most = (role: keyof typeof besides) => {
        const app = find(deployment, 'Microsoft.App/containerApps', `-${role}`);
        const replicas = Number(part(app, 'properties.template.scale.maxReplicas'));
        const pool = Number(environmentOf(deployment, role)['DATABASE_POOL_SIZE']);
        return { replicas, pool, connections: replicas * (pool + besides[role]) };
      };
      const [api, worker, scheduler] = [most('api'), most('worker'), most('scheduler')];
      const peak = 2 * (api.connections + worker.connections + scheduler.connections) + others;
      const limit = userConnections[databaseSize]!;
      assert.ok(peak <= limit, `${peak} of ${limit}`);
      const docs = readFileSync(path.join(import.meta.dirname, '../../docs/operations/azure.md'), 'utf8');
      const row = `| \`${databaseSize}\` | ${limit} | ${api.replicas} × ${api.pool} | ${worker.replicas} × ${worker.pool} | ${peak} |`;
      assert.ok(docs.includes(row), `docs/operations/azure.md lacks the row ${row}`);
    });
  }
});
