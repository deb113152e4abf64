import pg from 'pg';
import { openDeps } from '#app/deps.ts';
import { createServer } from '#app/server.ts';
import { loadConfig } from '#platform/config/config.ts';
import { createLogger } from '#platform/log.ts';
import { cases } from './cases.ts';
import { keys } from './environment.ts';
import type { World } from './seed.ts';

/** A statement as it went to the driver. */
export type Statement = { text: string; values: unknown[] };

/**
 * Sends each case once, for the first learner, to a server in this process, and answers what went to the database for
 * it, BEGIN and COMMIT included: the very statements that the floor then runs.
 */
export async function record(databaseUrl: string, world: World): Promise<Record<string, Statement[]>> {
  const { config } = loadConfig({
    env: { ...keys, ENVIRONMENT: 'test', DATABASE_URL: databaseUrl },
    cwd: process.cwd(),
    overrides: { rateLimitsEnabled: false },
  });
  const log = createLogger({ level: 'silent', service: 'bench', version: 'bench' });
  const ear = listen();
  const open = openDeps({ config, databaseUrl, log, role: 'api' });
  const app = await createServer(open);
  await open.engine.start();
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const [learner] = world.learners;
  if (!learner) throw new Error('There is no learner.');
  const recorded: Record<string, Statement[]> = {};
  try {
    for (const { name, request } of cases) {
      const { method = 'GET', path, headers = {}, body } = request(world, learner);
      ear.take();
      const answer = await fetch(address + path, { method, headers, ...(body !== undefined && { body }) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${name}: ${answer.status} ${text}`);
      recorded[name] = ear.take();
    }
  } finally {
    await app.close();
    await open.close();
    ear.stop();
  }
  return recorded;
}

/** Notes what the server's pool sends, and not what the job engine sends by itself. */
function listen(): { take(): Statement[]; stop(): void } {
  type Input = string | { text: string; values?: unknown[] };
  const prototype = pg.Client.prototype as unknown as {
    query(
      this: { connectionParameters: object },
      input: Input,
      values?: unknown[],
      ...rest: unknown[]
    ): unknown;
  };
  const original = Object.getOwnPropertyDescriptor(prototype, 'query')?.value as typeof prototype.query;
  let statements: Statement[] = [];
  prototype.query = function noted(input, values, ...rest) {
    const parameters = this.connectionParameters as { application_name?: string };
    if (parameters.application_name === 'lms-api') {
      const statement = typeof input === 'string' ? { text: input, values } : input;
      statements.push({ text: statement.text, values: statement.values ?? [] });
    }
    return original.call(this, input, values, ...rest);
  };
  return {
    take() {
      const taken = statements;
      statements = [];
      return taken;
    },
    stop() {
      prototype.query = original;
    },
  };
}
