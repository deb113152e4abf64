import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export type DatabaseProxy = {
  /** The address of the database through the proxy. */
  url: string;
  /** The database is gone: connections break, new ones are refused. */
  cut(): Promise<void>;
  /** The database is silent, as behind a network that drops everything: connections stay open, nothing comes. */
  hang(): void;
  /** All is well again; what hung is broken. The database may have come back at another address. */
  restore(targetUrl?: string): Promise<void>;
};

/** Stands between a program and a database, so that a test can take the database away. Works at first, unless `isCut`. */
export async function startDatabaseProxy(
  t: TestContext,
  targetUrl: string,
  { isCut = false } = {},
): Promise<DatabaseProxy> {
  let target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let isHanging = false;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    if (isHanging) return;
    const far = keep(connect(Number(target.port), target.hostname));
    near.on('data', (data) => void (isHanging || far.write(data)));
    far.on('data', (data) => void (isHanging || near.write(data)));
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const cut = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    breakAll();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as { port: number };
  t.after(cut);
  if (isCut) await cut();
  const url = new URL(targetUrl);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    cut,
    hang: () => void (isHanging = true),
    async restore(newUrl = target.href) {
      target = new URL(newUrl);
      if (isHanging) breakAll();
      isHanging = false;
      if (!server.listening) await listen(port);
    },
  };
}
