import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { waitFor } from '#test/wait.ts';
import {
  docker,
  inspect,
  removeRemains,
  root,
  run,
  runName,
  type Inspected,
  type RunOptions,
} from './docker.ts';

export type Stack = {
  project: string;
  /** The environment in which its compose commands and scripts run. */
  env: Record<string, string>;
  /** `https://localhost:PORT`, through the proxy, whose certificate this process trusts from now on. */
  address: string;
  baseUrl: string;
  /** Of the network: where containers reach this machine. */
  gateway: string;
  /** The database as this machine reaches it, past the program, by the account that owns the tables. */
  databaseUrl(): Promise<string>;
  /** As the containers of the program reach it. */
  appUrl(): string;
  compose(args: readonly string[], options?: RunOptions): Promise<string>;
  containers(service: string): Promise<Inspected[]>;
  /** Where a container listens, past the proxy. */
  addressOf(container: Inspected, port?: number): string;
  /** Ends every process of the container at once, as a crash does. */
  crash(container: Inspected): Promise<void>;
  stop(): Promise<void>;
};

export type StackOptions = {
  /** One of the compose files, or several of them with colons between. */
  file: string;
  image: string;
  /** Of the program. */
  settings?: (gateway: string) => Record<string, string>;
  scale?: Record<string, number>;
  services?: readonly string[];
  /** Beside those that the project's own script makes: files of `SECRETS_DIR` and what is in them. */
  secrets?: Record<string, string>;
};

let count = 0;

/** Brings up a compose file of the project with secrets, certificate, network and ports of its own, and waits for health. */
export async function startStack(options: StackOptions): Promise<Stack> {
  await removeRemains();
  const project = `${runName}-${(count += 1)}`;
  const folder = mkdtempSync(path.join(tmpdir(), `${project}-`));
  const secrets = path.join(folder, 'secrets');
  const subnet = `10.${213 + (process.pid % 40)}.${count}`;
  const envFile = path.join(folder, 'settings.env');
  const env = {
    COMPOSE_PROJECT_NAME: project,
    COMPOSE_FILE: options.file,
    LMS_IMAGE: options.image,
    LMS_ENV_FILE: envFile,
    LMS_SUBNET: `${subnet}.0/24`,
    LMS_BIND: '127.0.0.1',
    LMS_HTTPS_PORT: '',
    LMS_HTTP_PORT: '',
    PORT: '',
    DB_PORT: '',
    REDIS_PORT: '',
    PROMETHEUS_PORT: '',
    ALERTMANAGER_PORT: '',
    GRAFANA_PORT: '',
    SECRETS_DIR: secrets,
    TLS_DIR: path.join(secrets, 'tls'),
    LMS_COMPOSE: 'docker compose',
    // Of a busy machine.
    LMS_PATIENCE: '180',
    LMS_HEALTH_TIMEOUT: '60s',
  };
  await mustRun('deploy/prepare.sh', ['localhost'], env);
  for (const [name, content] of Object.entries(options.secrets ?? {}))
    writeFileSync(path.join(secrets, name), content);
  writeSettings(envFile, options.settings?.(`${subnet}.1`) ?? {});
  const compose = (args: readonly string[], more: RunOptions = {}) =>
    docker(['compose', ...args], { ...more, env: { ...env, ...more.env } });
  const stack: Stack = {
    project,
    env,
    address: '',
    baseUrl: '',
    gateway: `${subnet}.1`,
    compose,
    async databaseUrl() {
      const [db] = await stack.containers('db');
      const password = readFileSync(path.join(secrets, 'database_password'), 'utf8');
      return `postgresql://lms:${password}@${ipOf(db!)}:5432/lms`;
    },
    appUrl: () => readFileSync(path.join(secrets, 'database_url'), 'utf8'),
    async containers(service) {
      const ids = (await compose(['ps', '--all', '--quiet', service])).split('\n').filter(Boolean);
      return Promise.all(ids.map(inspect));
    },
    addressOf: (container, port = 8000) => `http://${ipOf(container)}:${port}`,
    async crash({ Id }) {
      // Process 1 is the engine's own and ends with what it has started. The shell that does it ends with them.
      await run('docker', ['exec', Id, 'sh', '-c', 'kill -9 -1']);
    },
    async stop() {
      await compose(['down', '--volumes', '--remove-orphans', '--timeout', '2']).catch(() => {});
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    const scale = Object.entries(options.scale ?? {}).flatMap(([name, replicas]) => [
      '--scale',
      `${name}=${replicas}`,
    ]);
    await compose([
      'up',
      '--detach',
      '--no-build',
      '--wait',
      '--wait-timeout',
      '400',
      ...scale,
      ...(options.services ?? []),
    ]);
  } catch (error) {
    const logs = await compose(['logs', '--no-color', '--tail', '30']).catch(String);
    await stack.stop();
    throw new Error(`${String(error)}\n${logs}`, { cause: error });
  }
  if (existsSync(path.join(secrets, 'tls/tls.crt')) && !options.file.endsWith('compose.yaml')) {
    const certificate = readFileSync(path.join(secrets, 'tls/tls.crt'), 'utf8');
    setDefaultCACertificates([...getCACertificates('default'), certificate]);
    const published = await compose(['port', 'proxy', '443']);
    stack.address = `https://localhost:${published.split(':').at(-1)}`;
    stack.baseUrl = `${stack.address}/api/v1`;
  }
  return stack;
}

function ipOf({ NetworkSettings }: Inspected): string {
  return Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '';
}

function writeSettings(file: string, settings: Record<string, string>): void {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(''));
}

export async function mustRun(program: string, args: readonly string[], env: Record<string, string>) {
  const ran = await run(path.join(root, program), args, { env });
  if (ran.status !== 0) throw new Error(`${program} ended with ${ran.status}:\n${ran.stdout}${ran.stderr}`);
  return ran;
}

/** Waits until every container of the service is healthy. */
export async function untilHealthy(stack: Stack, service: string, timeoutMs = 180_000): Promise<void> {
  await waitFor(
    `${service} is healthy`,
    async () => {
      const containers = await stack.containers(service);
      return containers.every(
        ({ State }) => State.Status === 'running' && State.Health?.Status === 'healthy',
      );
    },
    timeoutMs,
  );
}
