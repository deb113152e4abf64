import { startTestServer } from '#test/server.ts';
import type { Subject } from './compare.ts';
import { readOperations } from './operations.ts';
import { buildWorld } from './world.ts';

/** A server with everything in it that the table is about. Stop its server afterwards. */
export async function makeSubject(): Promise<Subject> {
  const server = await startTestServer();
  try {
    return {
      server,
      operations: await readOperations(server),
      world: await buildWorld(server),
      unused: new Map(),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
