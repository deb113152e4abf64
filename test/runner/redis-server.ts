import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type RedisServer = { url: string; port: number; pid: number; stop(): Promise<void> };
/** Files. With them it is reached by `rediss://localhost`, and not otherwise. */
export type RedisTls = { key: string; certificate: string; authority: string };

export type RedisOptions = { tls?: RedisTls; /** Instead of a free one. */ port?: number };

/** Starts a `redis-server` of the PATH on a free port, without persistence; undefined where there is none. */
export async function startRedis(
  folder: string,
  { tls, port: given }: RedisOptions = {},
): Promise<RedisServer | undefined> {
  if (spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status !== 0) return undefined;
  for (let attempt = 1; ; attempt += 1) {
    const port = given ?? (await freePort());
    const server = spawn('redis-server', settings(port, folder, tls), { stdio: 'ignore' });
    const ended = once(server, 'exit');
    const isUp = await Promise.race([answers(port, 5000), ended.then(() => false)]);
    if (isUp) {
      return {
        url: tls ? `rediss://localhost:${port}` : `redis://127.0.0.1:${port}`,
        port,
        pid: server.pid ?? 0,
        async stop() {
          server.kill('SIGKILL');
          await ended;
        },
      };
    }
    server.kill('SIGKILL');
    // Somebody else may have taken the port between our look and the start.
    if (attempt === 5) throw new Error('redis-server is on the PATH but does not start');
  }
}

function settings(port: number, folder: string, tls: RedisTls | undefined): string[] {
  const where = tls
    ? [...['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'], ...filesOf(tls)]
    : ['--port', String(port)];
  return [...where, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
}

function filesOf({ key, certificate, authority }: RedisTls): string[] {
  return ['--tls-key-file', key, '--tls-cert-file', certificate, '--tls-ca-cert-file', authority];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

async function answers(port: number, timeoutMs: number): Promise<boolean> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(20)) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return true;
  }
  return false;
}
