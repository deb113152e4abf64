import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { isRunning } from '#test/runner/left-behind.ts';

export const root = path.join(import.meta.dirname, '../..');

/** Why nothing here can run, or false where a Docker engine with Compose answers. */
export const noEngine: string | false =
  spawnSync('docker', ['info']).status !== 0 || spawnSync('docker', ['compose', 'version']).status !== 0
    ? 'needs a Docker engine with Compose'
    : false;

/** Of this run, so that one that was killed can be told from one that runs. */
export const runName = `lms-test-${process.pid}`;

export type Ran = { status: number | null; stdout: string; stderr: string };
export type RunOptions = { env?: Record<string, string>; input?: string; cwd?: string };

/** Runs a program to its end, whatever its status. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { env = {}, input = '', cwd = root } = options;
  const child = spawn(program, args, { cwd, env: { ...process.env, DOCKER_BUILDKIT: '1', ...env } });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (output.stderr += text));
  child.stdin.on('error', () => {}).end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...output }));
  });
}

/** What docker printed. Throws with what it said where it failed. */
export async function docker(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { status, stdout, stderr } = await run('docker', args, options);
  if (status !== 0) throw new Error(`docker ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout.trim();
}

export type Inspected = {
  Id: string;
  Image: string;
  RestartCount: number;
  State: { Status: string; Pid: number; StartedAt: string; ExitCode: number; Health?: { Status: string } };
  Config: { User: string; Image: string };
  HostConfig: {
    ReadonlyRootfs: boolean;
    NanoCpus: number;
    Memory: number;
    MemoryReservation: number;
    CapDrop: string[] | null;
    SecurityOpt: string[] | null;
    Privileged: boolean;
    RestartPolicy: { Name: string };
    LogConfig: { Type: string; Config: Record<string, string> };
  };
  Mounts: { Destination: string; RW: boolean; Type: string }[];
  NetworkSettings: {
    Ports: Record<string, { HostIp: string; HostPort: string }[] | null>;
    Networks: Record<string, { IPAddress: string; Gateway: string }>;
  };
};

export async function inspect(id: string): Promise<Inspected> {
  const [found] = JSON.parse(await docker(['container', 'inspect', id])) as [Inspected];
  return found;
}

/** Builds the image as a release does. The host's network: packages may be reached from there alone. */
export async function buildImage(tag: string, args: Record<string, string> = {}, context = root) {
  const given = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const startedAt = performance.now();
  await docker(['build', '--network=host', '--quiet', '--tag', tag, ...given, context]);
  return { tag, seconds: (performance.now() - startedAt) / 1000 };
}

/** What a run that was killed could not take down. */
export async function removeRemains(): Promise<void> {
  const format = '{{.Label "com.docker.compose.project"}}';
  const lines = await docker(['ps', '--all', '--format', format]);
  for (const project of new Set(lines.split('\n'))) {
    const owner = /^lms-test-(\d+)-/.exec(project)?.[1];
    if (owner === undefined || isRunning(Number(owner))) continue;
    await docker(['compose', '--project-name', project, 'down', '--volumes', '--timeout', '1']);
  }
}
