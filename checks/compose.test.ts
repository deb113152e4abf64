import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { flawsOfCompose, type ComposeConfig } from './compose.ts';

const name = 'compose.prod.yaml';
const sound = (): ComposeConfig => ({
  services: {
    proxy: { ports: [{ target: 443 }], healthcheck: { interval: '5s' } },
    api: { environment: { TRUSTED_PROXIES: '172.20.0.0/16' } },
    redis: { command: ['redis-server', '--appendonly', 'yes', '--maxmemory', '384mb'] },
  },
  networks: { lms: { driver: 'bridge', ipam: { config: [{ subnet: '172.20.0.0/16' }] } } },
});
const PLANTED: readonly [RegExp, (config: ComposeConfig) => void][] = [
  [/proxy: start_interval/, ({ services }) => (services['proxy']!.healthcheck!['start_interval'] = '1s')],
  [/without its append-only/, ({ services }) => (services['redis']!.command![2] = 'no')],
  [/without its append-only/, ({ services }) => (services['redis']!.command = null)],
  [
    /the network is bridge 10\./,
    ({ networks }) => (networks!['lms']!.ipam!.config![0]!.subnet = '10.0.0.0/24'),
  ],
  [/the network is overlay/, ({ networks }) => (networks!['lms']!.driver = 'overlay')],
  [/the network is undefined/, (config) => (config.networks = {})],
  [/believes 10\./, ({ services }) => (services['api']!.environment!['TRUSTED_PROXIES'] = '10.0.0.0/8')],
  [/published beside the proxy: api/, ({ services }) => (services['api']!.ports = [{ target: 8000 }])],
];

suite('what the compose files say', () => {
  test('each flaw is found where it is planted', () => {
    assert.deepEqual(flawsOfCompose(name, sound()), []);
    for (const [flaw, plant] of PLANTED) {
      const config = sound();
      plant(config);
      assert.match(flawsOfCompose(name, config).join('\n'), flaw);
    }
  });

  test('a network that was set is held against what was set; development has none of its own', () => {
    assert.match(flawsOfCompose(name, sound(), '10.1.2.0/24').join('\n'), /bridge 10\.1\.2\.0[^]*believes/);
    const development: ComposeConfig = { services: { redis: { ports: [{ target: 6379 }] } } };
    assert.deepEqual(flawsOfCompose('compose.yaml', development, '10.1.2.0/24'), []);
  });
});
