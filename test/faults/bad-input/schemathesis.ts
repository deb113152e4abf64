import { execFile, type ExecFileException } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestServer } from '#test/server.ts';
import { countedPrefix } from './coverage.ts';

const requirements = path.join(import.meta.dirname, 'requirements.txt');
const cacheFolder = path.join(import.meta.dirname, '../../../.cache');
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

/** By operation: what its path leads to, and as whom it is called. */
export type Calls = Record<string, { path: Record<string, string>; token: string }>;
type Ended = { code: number; output: string };

/** The folder of a Python environment with schemathesis, made once; undefined where it cannot be had. */
export async function provideSchemathesis(): Promise<string | undefined> {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const folder = path.join(cacheFolder, `schemathesis-${hash}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cacheFolder, { recursive: true });
  const unfinished = mkdtempSync(`${folder}-`);
  const made = await run('python3', ['-m', 'venv', unfinished], {});
  const python = path.join(unfinished, 'bin/python');
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
  const installed = made.code === 0 ? await run(python, install, {}) : made;
  if (installed.code === 0) {
    renameSync(unfinished, folder);
    return folder;
  }
  process.stderr.write(installed.output.slice(-1_000));
  rmSync(unfinished, { recursive: true, force: true });
  return undefined;
}

/** Runs it over the server's own document, the same way for the same seed. Its report is `output`. */
export async function runSchemathesis(
  folder: string,
  { address }: TestServer,
  {
    calls,
    seed,
    examples,
    without,
  }: { calls: Calls; seed: number; examples: number; without: readonly string[] },
): Promise<Ended> {
  const place = mkdtempSync(path.join(tmpdir(), 'schemathesis-'));
  const callsFile = path.join(place, 'calls.json');
  const counted = Object.entries(calls).map(([name, call]) => [name, { ...call, prefix: countedPrefix }]);
  writeFileSync(callsFile, JSON.stringify(Object.fromEntries(counted)));
  const args = [
    path.join(folder, 'bin/st'),
    ...['run', `${address}/api/v1/openapi.json`, '--no-color', '--phases=examples,coverage,fuzzing'],
    ...[`--checks=${checks.join()}`, `--seed=${seed}`, `--max-examples=${examples}`, '--no-shrink'],
    ...[
      '--continue-on-failure',
      '--generation-database=none',
      '--suppress-health-check=all',
      '--warnings=off',
    ],
    ...['--request-timeout=20', '--max-response-time=20'],
    ...without.map((name) => `--exclude-operation-id=${name}`),
  ];
  const hooks = { BAD_INPUT_CALLS: callsFile, SCHEMATHESIS_HOOKS: 'hooks', PYTHONPATH: import.meta.dirname };
  const environment = { ...hooks, PYTHONDONTWRITEBYTECODE: '1', PYTHONHASHSEED: '0' };
  return run(path.join(folder, 'bin/python'), args, environment, place);
}

function run(
  program: string,
  args: string[],
  environment: Record<string, string>,
  cwd?: string,
): Promise<Ended> {
  return new Promise((resolve) => {
    const options = {
      env: { ...process.env, ...environment },
      maxBuffer: 2 ** 28,
      ...(cwd !== undefined && { cwd }),
    };
    const end = (error: ExecFileException | null, stdout: string, stderr: string) => {
      const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
      resolve({ code, output: stdout + stderr + (error && stdout === '' ? error.message : '') });
    };
    execFile(program, args, options, end);
  });
}
