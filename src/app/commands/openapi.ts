import { optionsOf } from '#app/command-error.ts';
import { apiDocument } from '#app/openapi.ts';
import { openDeps } from '#app/deps.ts';
import { createServer } from '#app/server.ts';
import { loadConfig } from '#platform/config/config.ts';
import { createLogger } from '#platform/log.ts';

/** Prints the OpenAPI document. Needs no database: nothing connects before it is used. */
export async function openapiCommand(args: string[]): Promise<void> {
  optionsOf(args, {});
  const { config } = loadConfig({
    env: { ENVIRONMENT: 'test', ENABLE_API_DOCS: 'true' },
    cwd: process.cwd(),
  });
  const log = createLogger({ level: 'fatal', service: 'openapi', version: config.version });
  const open = openDeps({ config, databaseUrl: 'postgresql://127.0.0.1:1/none', log, role: 'api' });
  const app = await createServer(open);
  await app.ready();
  process.stdout.write(apiDocument(app));
  await app.close();
  await open.close();
}
