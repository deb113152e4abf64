import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from '#platform/db/embedded/server.ts';
import { deployFolder } from '#test/observability/files.ts';
import { launchProgram } from '#test/program.ts';
import { waitFor } from '#test/wait.ts';

export type Sample = { metric: Record<string, string>; value: [number, string] };
export type RuleGroup = {
  name: string;
  rules: { name: string; health: string; lastError?: string; type: string; state?: string }[];
};

export type Prometheus = {
  url: string;
  query(expr: string): Promise<Sample[]>;
  get<T>(apiPath: string): Promise<T>;
};

export const isPrometheusInstalled = spawnSync('prometheus', ['--version'], { stdio: 'ignore' }).status === 0;
export const isAlertmanagerInstalled =
  spawnSync('prometheus-alertmanager', ['--version'], { stdio: 'ignore' }).status === 0;

/**
 * A Prometheus with our own configuration, rules and alerts, in which only two things are others: it scrapes and evaluates
 * each second, and finds `targets` by their addresses, since there is no DNS of a compose network.
 */
export async function startPrometheus(
  t: TestContext,
  targets: Record<'api' | 'worker' | 'scheduler' | 'alertmanager', string>,
): Promise<Prometheus> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lms-prometheus-'));
  const port = await freePort();
  for (const part of ['rules', 'alerts'])
    cpSync(path.join(deployFolder, 'prometheus', part), path.join(folder, part), { recursive: true });
  writeFileSync(path.join(folder, 'prometheus.yml'), configFor(targets, port));
  const program = launchProgram(t, [], {
    cwd: folder,
    command: [
      'prometheus',
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      // The first time it may not know of its Alertmanager yet.
      '--rules.alert.resend-delay=1s',
    ],
  });
  const url = `http://127.0.0.1:${port}`;
  await waitFor('Prometheus is ready', async () => {
    if (!program.isRunning()) throw new Error(`Prometheus ended:\n${program.stderr()}`);
    return fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  const get = async <T>(apiPath: string): Promise<T> => {
    const response = await fetch(`${url}/api/v1${apiPath}`);
    const body = (await response.json()) as { data: T; error?: string };
    assert.equal(response.status, 200, `${apiPath}: ${body.error}`);
    return body.data;
  };
  return {
    url,
    get,
    query: async (expr) =>
      (await get<{ result: Sample[] }>(`/query?${new URLSearchParams({ query: expr }).toString()}`)).result,
  };
}

function configFor(targets: Record<string, string>, ownPort: number): string {
  const text = readFileSync(path.join(deployFolder, 'prometheus/prometheus.yml'), 'utf8');
  const discovered =
    /dns_sd_configs:\n +- names: \[(\w+)\]\n +type: A\n +port: (\d+)\n +refresh_interval: 15s/g;
  const ports: Record<string, string> = {
    api: '8000',
    worker: '9100',
    scheduler: '9100',
    alertmanager: '9093',
  };
  const seen = new Set<string>();
  const replaced = text
    .replaceAll(discovered, (_found, name: string, port: string) => {
      seen.add(name);
      assert.equal(port, ports[name], name);
      return `static_configs: [{ targets: ['${targets[name]}'] }]`;
    })
    .replace('localhost:9090', `127.0.0.1:${ownPort}`)
    .replaceAll(/(_interval|_timeout): \d+s/g, '$1: 1s');
  assert.deepEqual([...seen].toSorted(), Object.keys(targets).toSorted());
  return replaced;
}

/** An Alertmanager with our own routes and inhibitions; what is sent goes nowhere. */
export async function startAlertmanager(t: TestContext): Promise<{ url: string; address: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lms-alertmanager-'));
  const text = readFileSync(path.join(deployFolder, 'alertmanager/alertmanager.yml'), 'utf8');
  // A mail server that is not there, and a password file that need not be.
  const config = text
    .replace(/smtp_smarthost: .*/, 'smtp_smarthost: 127.0.0.1:1')
    .replace(/.*password_file.*\n/, '');
  writeFileSync(path.join(folder, 'alertmanager.yml'), config);
  const address = `127.0.0.1:${await freePort()}`;
  const program = launchProgram(t, [], {
    cwd: folder,
    command: [
      'prometheus-alertmanager',
      `--config.file=${folder}/alertmanager.yml`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ],
  });
  const url = `http://${address}`;
  await waitFor('Alertmanager is ready', async () => {
    if (!program.isRunning()) throw new Error(`Alertmanager ended:\n${program.stderr()}`);
    return fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return { url, address };
}
