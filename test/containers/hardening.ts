import assert from 'node:assert/strict';
import type { Stack } from './stack.ts';

const services = ['proxy', 'api', 'worker', 'scheduler', 'db', 'redis'];
const roles = ['api', 'worker', 'scheduler'];

/**
 * What every container of production, staging and the demonstration has: its limits, health, restarts and logs that end;
 * no right that it does not need; and that only the proxy is published.
 */
export async function assertConfined(stack: Stack, { hasBackups = true } = {}): Promise<void> {
  for (const service of services) {
    const containers = await stack.containers(service);
    assert.ok(containers.length > 0, service);
    for (const { Config, HostConfig, Mounts, NetworkSettings, State } of containers) {
      assert.equal(State.Health?.Status, 'healthy', service);
      assert.ok(HostConfig.ReadonlyRootfs, service);
      assert.ok(
        HostConfig.NanoCpus > 0 && HostConfig.Memory > 0 && HostConfig.MemoryReservation > 0,
        service,
      );
      assert.deepEqual([HostConfig.CapDrop, HostConfig.Privileged], [['ALL'], false], service);
      assert.ok(HostConfig.SecurityOpt?.includes('no-new-privileges:true'), service);
      assert.equal(HostConfig.RestartPolicy.Name, 'unless-stopped', service);
      assert.deepEqual(HostConfig.LogConfig, {
        Type: 'json-file',
        Config: { 'max-file': '5', 'max-size': '10m' },
      });
      assert.deepEqual(Object.keys(NetworkSettings.Networks), [`${stack.project}_lms`]);
      const published = Object.values(NetworkSettings.Ports).flatMap((each) => each ?? []);
      assert.equal(published.length, service === 'proxy' ? 2 : 0, service);
      const writable = Mounts.filter(({ RW, Type }) => RW && Type === 'volume').map(
        (each) => each.Destination,
      );
      const expected = service === 'worker' && hasBackups ? ['/app/backups', '/app/data'] : ['/app/data'];
      if (roles.includes(service))
        assert.deepEqual([Config.User, writable.toSorted()], ['1000:1000', expected], service);
    }
  }
  const [api] = await stack.containers('api');
  const { NanoCpus, Memory, MemoryReservation } = api!.HostConfig;
  assert.deepEqual([NanoCpus, Memory, MemoryReservation], [2e9, 2 * 2 ** 30, 2 ** 30]);
  for (const service of roles) assert.equal(await stack.compose(['exec', '-T', service, 'id', '-u']), '1000');
}
