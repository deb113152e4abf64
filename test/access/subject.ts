import { startTestServer } from '#test/server.ts';
import { startForgedProvider } from '#test/sso/forged-provider.ts';
import type { Subject } from './compare.ts';
import { readOperations } from './operations.ts';
import { buildWorld } from './world.ts';

/** A server with everything in it that the table is about. Stop its server afterwards. */
export async function makeSubject(): Promise<Subject> {
  const provider = await startForgedProvider();
  const started = await startTestServer({ config: { ssoAllowPrivateAddresses: true } });
  const stop = async () => {
    await provider.stop();
    await started.stop();
  };
  const server = { ...started, stop };
  try {
    return {
      server,
      operations: await readOperations(server),
      world: await buildWorld(server, provider),
      unused: new Map(),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
