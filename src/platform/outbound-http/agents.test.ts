import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { suite, test } from 'node:test';
import { createAgents, createGuard, type Guard } from './agents.ts';
import { AddressRefused } from './failure.ts';

type Found = { address: string; family: number }[];

function lookedUp({ lookup }: Guard): Promise<Found> {
  return new Promise((resolve, reject) => {
    lookup('rebind.example', { all: true }, (error, found) =>
      error ? reject(error) : resolve(found as Found),
    );
  });
}

suite('a name whose address changes between check and use', () => {
  test('is asked for once, and connected to by what was checked', async () => {
    let asked = 0;
    const guard = createGuard(
      async () => (++asked % 2 === 1 ? ['1.1.1.1', '2606:4700::1'] : ['127.0.0.1']),
      false,
    );
    const found = [
      { address: '1.1.1.1', family: 4 },
      { address: '2606:4700::1', family: 6 },
    ];
    assert.deepEqual(await lookedUp(guard), found);
    assert.equal(asked, 1);
    await assert.rejects(lookedUp(guard), AddressRefused, 'the next answer is checked anew');
  });

  test('is refused when it is connected, before a byte is sent', async (t) => {
    let bytes = 0;
    const server = createServer((socket) =>
      socket.on('error', () => {}).on('data', (data) => (bytes += data.length)),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const { check } = createGuard(async () => [], false);
    // As if a lookup had been led astray.
    const lookup: Guard['lookup'] = (_, options, done) =>
      options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
    const agents = createAgents({ check, lookup }, true, undefined);
    t.after(() => agents.close());
    const { port } = server.address() as AddressInfo;
    const outgoing = request(`http://hook.example:${port}/`, { method: 'POST', agent: agents['http:'] });
    outgoing.end('secret');
    const [error] = (await once(outgoing, 'error')) as [Error];
    assert.ok(error instanceof AddressRefused, String(error));
    assert.equal(bytes, 0);
  });
});
