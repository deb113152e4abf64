import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The test file of https://www.eicar.org, in two halves, so that no scanner stops at this one. */
export const eicar = [
  String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}`,
  '$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*',
].join('');

/** `limit`: refuses streams as clamd does beyond StreamMaxLength. `silent`: takes all and says nothing. */
export type ClamdMood = 'well' | 'limit' | 'silent' | 'closes' | 'nonsense';

export type FakeClamd = {
  url: string;
  mood: ClamdMood;
  /** How many bytes it was given, of scans that came to their end. */
  scannedBytes: number[];
  stop(): Promise<void>;
};

/** Speaks INSTREAM as clamd does: https://docs.clamav.net/manual/Usage/Scanning.html#clamd. */
export async function startFakeClamd(path?: string): Promise<FakeClamd> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    void answer(socket, fake);
  });
  const fake: FakeClamd = {
    url: '',
    mood: 'well',
    scannedBytes: [],
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await new Promise<void>((resolve) =>
    path === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve),
  );
  fake.url =
    path === undefined ? `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` : `unix:${path}`;
  return fake;
}

const command = Buffer.from('zINSTREAM\0');

async function answer(socket: Socket, fake: FakeClamd): Promise<void> {
  if (fake.mood === 'closes') return void socket.end();
  let buffer: Buffer = Buffer.alloc(0);
  const state = { content: '', isBegun: false };
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      buffer = Buffer.concat([buffer, chunk]);
      if (!state.isBegun && buffer.length < command.length) continue;
      if (!state.isBegun && !buffer.subarray(0, command.length).equals(command))
        return void socket.end('UNKNOWN COMMAND\0');
      if (!state.isBegun) buffer = buffer.subarray(command.length);
      state.isBegun = true;
      while (buffer.length >= 4 && buffer.length >= 4 + buffer.readUInt32BE(0)) {
        const length = buffer.readUInt32BE(0);
        state.content += buffer.toString('latin1', 4, 4 + length);
        buffer = buffer.subarray(4 + length);
        if (length === 0) return conclude(socket, fake, state.content);
        if (fake.mood === 'limit') return void socket.end('INSTREAM size limit exceeded. ERROR\0');
      }
    }
  } catch {
    // The client went away.
  }
}

function conclude(socket: Socket, fake: FakeClamd, content: string): void {
  fake.scannedBytes.push(content.length);
  if (fake.mood === 'silent') return;
  if (fake.mood === 'nonsense') socket.end('lstat() failed: No such file or directory. ERROR\0');
  else socket.end(content.includes(eicar) ? 'stream: Eicar-Test-Signature FOUND\0' : 'stream: OK\0');
}
