import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Skip } from './step.ts';

const PROMETHEUS = 'deploy/prometheus';

/** Prometheus' own tools on our files: scraping, rules, alerts and their unit tests; and Alertmanager's. */
export async function checkObservability(): Promise<string> {
  const tests = (await readdir(path.join(PROMETHEUS, 'tests'))).map((file) => `${PROMETHEUS}/tests/${file}`);
  const missing: string[] = [];
  for (const [program, ...args] of [
    ['promtool', 'check', 'config', `${PROMETHEUS}/prometheus.yml`],
    ['promtool', 'test', 'rules', ...tests],
    ['amtool', 'check-config', 'deploy/alertmanager/alertmanager.yml'],
  ] as const) {
    if (!(await passes(program, args))) missing.push(program);
  }
  if (missing.length > 0) {
    const programs = [...new Set(missing)].join(' and ');
    throw new Skip(`${programs}: not installed (Debian: prometheus, prometheus-alertmanager)`);
  }
  return `${tests.length} files of cases`;
}

/** False where there is no such program; throws what it said where it fails. */
async function passes(program: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  let error: NodeJS.ErrnoException | undefined;
  child.once('error', (cause) => (error = cause));
  await once(child, 'close').catch(() => undefined);
  if (error?.code === 'ENOENT') return false;
  if (error !== undefined || child.exitCode !== 0)
    throw new Error(`${program} ${args[0] ?? ''} failed\n${error?.message ?? output.trim()}`);
  return true;
}
