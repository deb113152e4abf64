import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { textOf } from '../../checks/azure/expression.ts';
import type { Deployment } from '../../checks/azure/template.ts';
import { readTemplate, secretMark, workOut } from '../../checks/azure/template.ts';
import { apps, deployApps, deployMain, find, main, part, sizes, wanted } from './deployments.ts';

const root = path.join(import.meta.dirname, '../..');
const all = (): [string, Deployment][] => [
  ['main.json', deployMain()],
  ['main.json without GitHub', deployMain({ githubRepository: '' })],
  ['main.json with managed Redis', deployMain({ redisService: 'AzureManagedRedis' })],
  ...['migration', 'roles'].map((step): [string, Deployment] => [
    `apps.json, ${step}`,
    deployApps({ step, customDomain: 'learn.example.edu', certificateId: 'id' }),
  ]),
];

suite('the templates for Azure', () => {
  test('what Azure would refuse is noticed: a name that stands for nothing, a state where none can be read', () => {
    const planted = (resource: object) => {
      const template = readTemplate(path.join(root, 'deploy/azure/apps.json'));
      template.resources = [{ type: 'A.B/c', apiVersion: '1', name: 'x', ...resource }];
      return () =>
        workOut(template, {
          step: 'roles',
          image: 'x'.repeat(80),
          publicUrl: '',
          smtpHost: '',
          emailFrom: '',
        });
    };
    assert.throws(planted({ name: "[variables('planted')]" }), /no "planted"/);
    assert.throws(planted({ name: "[format('{0}/{1}', 'one', 'two')]" }), /does not go with the name/);
    assert.throws(planted({ name: "[reference('x').name]" }), /reference\(\), which is not known here/);
    assert.throws(planted({ name: "[concat('x']" }), /cannot be read/);
    assert.throws(
      planted({ properties: { x: "[reference(variables('environmentId')).planted]" } }),
      /no "planted"/,
    );
  });

  test('a resource waits for every other that it names or reads', () => {
    for (const [what, { resources }] of all()) {
      const waitsFor = (id: string, seen = new Set<string>()): Set<string> => {
        for (const next of resources.find((one) => one.id === id)?.dependsOn ?? []) {
          if (!seen.has(next)) waitsFor(next, seen.add(next));
        }
        return seen;
      };
      for (const { id, names, dependsOn } of resources) {
        const known = new Set(resources.map((one) => one.id));
        for (const one of dependsOn)
          assert.ok(known.has(one), `${what}: ${id} waits for ${one}, which nobody makes`);
        const named = [...names]
          .map((one) => one.replace(/\/subnets\/.*/, ''))
          .filter((one) => known.has(one));
        const missing = named.filter((one) => one !== id && !waitsFor(id).has(one));
        assert.deepEqual(missing, [], `${what}: ${id} does not wait for what it names`);
      }
    }
  });

  test('what the roles name was made by main.json, under the same name', () => {
    const made = new Set(wanted(deployMain()).map(({ id }) => id));
    for (const step of ['migration', 'roles']) {
      for (const { id, names } of wanted(deployApps({ step }))) {
        const strange = [...names].filter((one) => one !== id && !made.has(one));
        assert.deepEqual(strange, [], `${id} names what nobody makes`);
      }
    }
    for (const name of [
      'registryName',
      'storageName',
      'vaultName',
      'ownerVaultName',
      'environmentName',
      'appIdentityName',
      'migratorName',
    ]) {
      assert.equal(apps.variables[name], main.variables[name], name);
    }
  });

  test('secrets come as secure parameters, and go nowhere but into the vault, the database and the log’s connection', () => {
    for (const template of [main, apps]) {
      for (const [name, { type }] of Object.entries(template.parameters)) {
        assert.equal(type === 'securestring', /password|secret|key$/i.test(name), name);
      }
    }
    for (const [what, { outputs, resources }] of all()) {
      assert.ok(!JSON.stringify(outputs).includes(secretMark), `${what}: a secret is an output`);
      const holders = resources.filter(({ body }) => JSON.stringify(body).includes(secretMark));
      for (const { type, body } of holders) {
        const holds = JSON.stringify(body).split(secretMark).length - 1;
        assert.equal(holds, 1, type);
        assert.ok(
          [
            'Microsoft.KeyVault/vaults/secrets',
            'Microsoft.DBforPostgreSQL/flexibleServers',
            'Microsoft.App/managedEnvironments',
          ].includes(type),
          `${what}: ${type} holds a secret`,
        );
      }
    }
  });

  test('nothing is reached without TLS', () => {
    const deployment = deployMain();
    const database = (name: string) =>
      part(
        find(deployment, 'Microsoft.DBforPostgreSQL/flexibleServers/configurations', name),
        'properties.value',
      );
    assert.equal(database('require_secure_transport'), 'on');
    assert.equal(database('ssl_min_protocol_version'), 'TLSv1.2');
    const redis = find(deployment, 'Microsoft.Cache/redis');
    assert.equal(part(redis, 'properties.enableNonSslPort'), false);
    assert.equal(part(redis, 'properties.minimumTlsVersion'), '1.2');
    const storage = find(deployment, 'Microsoft.Storage/storageAccounts');
    assert.equal(part(storage, 'properties.supportsHttpsTrafficOnly'), true);
    assert.equal(part(storage, 'properties.minimumTlsVersion'), 'TLS1_2');
    const ingress = part(
      find(deployApps(), 'Microsoft.App/containerApps', '-api'),
      'properties.configuration.ingress',
    );
    assert.equal((ingress as Record<string, unknown>)['allowInsecure'], false);

    const address = (one: Deployment, name: string) =>
      new URL(String(part(find(one, 'Microsoft.KeyVault/vaults/secrets', `/${name}`), 'properties.value')));
    for (const name of ['database-url', 'database-owner-url'])
      assert.match(address(deployment, name).href, /^postgresql:.*:5432\/lms\?sslmode=verify-full$/);
    assert.match(address(deployment, 'redis-url').href, /^rediss:.*redis\.cache\.windows\.net:6380\/0$/);
    const managed = deployMain({ redisService: 'AzureManagedRedis' });
    assert.match(address(managed, 'redis-url').href, /^rediss:.*redis\.azure\.net:10000\/0$/);
  });

  test('a password of any characters arrives as it is', () => {
    const password = "24 characters: @/?#&%'[]é+";
    for (const [parameter, name] of [
      ['databasePassword', 'database-owner-url'],
      ['databaseAppPassword', 'database-url'],
    ] as const) {
      const deployment = deployMain({ [parameter]: password });
      const secret = find(deployment, 'Microsoft.KeyVault/vaults/secrets', name);
      assert.equal(decodeURIComponent(new URL(String(part(secret, 'properties.value'))).password), password);
    }
  });

  test('database and Redis are on the private network alone; no key, admin or anonymous reader opens files and images', () => {
    const deployment = deployMain();
    const is = (type: string, name: string, value: unknown) =>
      assert.equal(part(find(deployment, type), `properties.${name}`), value, `${type} ${name}`);
    is('Microsoft.DBforPostgreSQL/flexibleServers', 'network.publicNetworkAccess', 'Disabled');
    is('Microsoft.Cache/redis', 'publicNetworkAccess', 'Disabled');
    is('Microsoft.Storage/storageAccounts', 'allowSharedKeyAccess', false);
    is('Microsoft.Storage/storageAccounts', 'allowBlobPublicAccess', false);
    is('Microsoft.ContainerRegistry/registries', 'adminUserEnabled', false);
    is('Microsoft.ContainerRegistry/registries', 'anonymousPullEnabled', false);
    const vaults = wanted(deployment).filter(({ type }) => type === 'Microsoft.KeyVault/vaults');
    assert.equal(vaults.length, 2);
    for (const vault of vaults)
      for (const name of ['enableRbacAuthorization', 'enablePurgeProtection'])
        assert.equal(part(vault, `properties.${name}`), true, `${vault.name} ${name}`);
  });

  test('each identity may do what it needs, and nothing else', () => {
    const roles = main.variables['roles'] as Record<string, string>;
    const granted = wanted(deployMain())
      .filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments')
      .map((one) => {
        const role = String(part(one, 'properties.roleDefinitionId')).split('/').at(-1);
        const name = Object.keys(roles).find((key) => roles[key] === role) ?? 'deployer';
        const identity = [...one.names]
          .find((id) => id.includes('userAssignedIdentities'))
          ?.split('/')
          .at(-1);
        return `${identity}: ${name} on ${
          textOf(one.body['scope'] ?? 'the group')
            .split('/')
            .at(-2) ?? 'the group'
        }`;
      });
    assert.deepEqual(granted, [
      'lms-app: AcrPull on registries',
      'lms-app: KeyVaultSecretsUser on vaults',
      'lms-migrator: KeyVaultSecretsUser on vaults',
      'lms-app: StorageBlobDataContributor on storageAccounts',
      'lms-publisher: AcrPush on registries',
      'lms-deployer: deployer on the group',
    ]);
    const own = find(deployMain(), 'Microsoft.Authorization/roleDefinitions');
    const [permissions] = part(own, 'properties.permissions') as { actions: string[] }[];
    const allowed = /^Microsoft\.(?:App|Resources|ContainerRegistry|ManagedIdentity|Compute)\//;
    for (const action of permissions?.actions ?? []) assert.match(action, allowed);
    assert.deepEqual(
      permissions?.actions.filter((action) => action.endsWith('/*') || action.endsWith('delete')),
      ['Microsoft.Resources/deployments/*', 'Microsoft.Compute/virtualMachines/runCommands/delete'],
    );
    assert.ok(
      !wanted(deployMain({ githubRepository: '' })).some(({ name }) => /publisher|deployer/.test(name)),
    );
  });

  test('the address of the owner of the tables is in a vault of its own, which the migration alone reads', () => {
    const deployment = deployMain();
    const secrets = 'Microsoft.KeyVault/vaults/secrets';
    const account = (name: string) =>
      new URL(String(part(find(deployment, secrets, `/${name}`), 'properties.value'))).username;
    assert.deepEqual([account('database-url'), account('database-owner-url')], ['lms_app', 'lms']);
    const vaultOf = (name: string) => find(deployment, secrets, `/${name}`).name.split('/')[0] ?? '';
    const own = vaultOf('database-owner-url');
    assert.notEqual(own, vaultOf('database-url'));
    const readers = wanted(deployment)
      .filter(
        ({ type, body }) =>
          type.endsWith('/roleAssignments') && textOf(body['scope'] ?? '').endsWith(`/${own}`),
      )
      .flatMap(({ names }) => [...names].filter((id) => id.includes('userAssignedIdentities')));
    assert.deepEqual(
      readers.map((id) => id.split('/').at(-1)),
      ['lms-migrator'],
    );
    for (const { type, body } of wanted(deployApps()))
      assert.doesNotMatch(JSON.stringify(body), /migrator|owner-url/, type);
    const job = find(deployApps({ step: 'migration' }), 'Microsoft.App/jobs');
    const [secret] = part(job, 'properties.configuration.secrets') as Record<string, string>[];
    assert.equal(secret?.['keyVaultUrl'], `https://${own}.vault.azure.net/secrets/database-owner-url`);
    assert.match(secret?.['identity'] ?? '', /\/lms-migrator$/);
  });

  test('every extension that a migration makes is allowed, and no other', () => {
    const folder = path.join(root, 'migrations');
    const text = readdirSync(folder)
      .map((name) => readFileSync(path.join(folder, name), 'utf8'))
      .join('\n');
    const made = [...text.matchAll(/create extension (?:if not exists )?"?(\w+)/gi)].map(([, name]) =>
      name?.toUpperCase(),
    );
    const allowed = find(
      deployMain(),
      'Microsoft.DBforPostgreSQL/flexibleServers/configurations',
      'azure.extensions',
    );
    assert.deepEqual(String(part(allowed, 'properties.value')).split(','), [...new Set(made)].toSorted());
  });

  test('one scheduler, and api and worker that grow with requests and jobs', () => {
    for (const databaseSize of sizes) {
      const deployment = deployApps({ databaseSize });
      const scale = (role: string) =>
        part(find(deployment, 'Microsoft.App/containerApps', `-${role}`), 'properties.template.scale') as {
          minReplicas: number;
          maxReplicas: number;
          rules?: { name: string; http?: object; custom?: { type: string } }[];
        };
      assert.deepEqual(scale('scheduler'), { minReplicas: 1, maxReplicas: 1 });
      assert.ok(scale('api').rules?.[0]?.http);
      assert.equal(scale('worker').rules?.[0]?.custom?.type, 'postgresql');
      for (const role of ['api', 'worker']) {
        assert.ok(scale(role).minReplicas >= 1 && scale(role).maxReplicas >= scale(role).minReplicas, role);
      }
    }
  });
});
