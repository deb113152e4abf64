import { execFile } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { deployApps, deployMain } from '../test/azure/deployments.ts';
import { flawsOfCompose, type ComposeConfig } from './compose.ts';
import { areShapesInstalled, misfits } from './azure/shapes.ts';
import { projectFiles } from './project.ts';
import { Skip } from './step.ts';
import type { Step } from './step.ts';

const root = path.join(import.meta.dirname, '..');
const TOOLS = path.join(root, '.cache/check-tools/bin');

/** The configuration that no program of ours reads: for Docker, GitHub, Azure and shells. */
export const CONFIGURATION_STEPS: readonly Step[] = [
  { name: 'Dockerfile', run: () => runTool('hadolint', files(/(?:^|\/)Dockerfile$/)) },
  { name: 'workflows', run: () => runTool('actionlint', workflowArguments()) },
  { name: 'shell scripts', run: () => runTool('shellcheck', ['--external-sources', ...shellScripts()]) },
  { name: 'compose files', run: checkComposeFiles },
  { name: 'Azure templates', run: checkAzureTemplates },
];

function files(pattern: RegExp): string[] {
  return projectFiles(root).filter((name) => pattern.test(name));
}

/** By their first line, whatever their name. */
function shellScripts(): string[] {
  const nameless = files(/(?:^|\/)[^.]+$|\.sh$|^\.ci\//);
  return nameless.filter((name) => /^#!.*\b(?:ba)?sh\b/.test(readFileSync(path.join(root, name), 'utf8')));
}

function workflowArguments(): string[] {
  const shellcheck = findProgram('shellcheck');
  return [
    ...(shellcheck === undefined ? [] : ['-shellcheck', shellcheck]),
    ...files(/^\.github\/workflows\//),
  ];
}

/** The file of a program: of checks/install-tools, or on the PATH. */
function findProgram(name: string): string | undefined {
  const folders = [TOOLS, ...(process.env['PATH'] ?? '').split(path.delimiter)];
  return folders
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

async function runTool(name: string, args: readonly string[]): Promise<string> {
  const program = findProgram(name);
  if (program === undefined) throw new Skip(`${name} is not installed: checks/install-tools`);
  await run(program, args);
  const count = args.filter((arg) => !arg.startsWith('-') && arg !== findProgram('shellcheck')).length;
  return `${count} ${count === 1 ? 'file' : 'files'}`;
}

/** Each file by itself, with the example of its settings, on its own network and on one that was set. */
async function checkComposeFiles(): Promise<string> {
  const names = files(/^compose(?:\.\w+)?\.yaml$/).filter((name) => name !== 'compose.services.yaml');
  const docker = findProgram('docker');
  const hasCompose = docker !== undefined && (await succeeds(docker, ['compose', 'version']));
  if (!hasCompose) throw new Skip('docker compose is not installed', { allowedInCi: true });
  const flaws: string[] = [];
  for (const name of names) {
    const environment = name === 'compose.prod.yaml' ? 'production' : name.split('.')[1];
    const example = `.env.${environment}.example`;
    for (const subnet of [undefined, '10.99.98.0/24']) {
      const settings = { LMS_ENV_FILE: example, LMS_SUBNET: subnet ?? '' };
      const shown = await run(docker, ['compose', '-f', name, 'config', '--format', 'json'], settings);
      flaws.push(...flawsOfCompose(name, JSON.parse(shown) as ComposeConfig, subnet));
    }
  }
  if (flaws.length > 0) throw new Error(flaws.join('\n'));
  return `${names.length} files`;
}

async function checkAzureTemplates(): Promise<string> {
  if (!areShapesInstalled()) {
    throw new Skip('Azure’s descriptions are not installed: npm ci --prefix checks/azure-shapes');
  }
  const deployments = [deployMain(), deployApps({ step: 'migration' }), deployApps()];
  const resources = deployments.flatMap((one) => one.resources);
  const found = [...new Set(resources.flatMap((one) => misfits(one)))];
  if (found.length > 0) throw new Error(found.join('\n'));
  return `${new Set(resources.map(({ id }) => id)).size} resources`;
}

const execute = promisify(execFile);

/** Runs a program to its end and gives what it printed; throws all of that when it fails. */
async function run(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  try {
    const { stdout } = await execute(program, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      timeout: 120_000,
    });
    return stdout;
  } catch (error) {
    const { stdout, stderr, message } = error as { stdout?: string; stderr?: string; message: string };
    throw new Error(`${path.basename(program)}: ${`${stdout ?? ''}${stderr ?? ''}`.trim() || message}`, {
      cause: error,
    });
  }
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return execute(program, args).then(
    () => true,
    () => false,
  );
}
