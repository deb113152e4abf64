import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openDeps } from '#app/deps.ts';
import { createServer } from '#app/server.ts';
import { loadConfig } from '#platform/config/config.ts';
import { createLogger } from '#platform/log.ts';

suite('a boot', () => {
  test('fails for a route that does not say who may call it', async (t) => {
    const { config } = loadConfig({
      env: { ENVIRONMENT: 'test', DATABASE_URL: 'postgresql://127.0.0.1:1/none' },
      cwd: process.cwd(),
    });
    const log = createLogger({ level: 'silent', service: 'test', version: 'test' });
    const open = openDeps({ config, databaseUrl: 'postgresql://127.0.0.1:1/none', log, role: 'api' });
    t.after(() => open.close());
    const app = await createServer(open);
    assert.throws(
      () => app.get('/forgotten', async () => 'open to all'),
      /GET \/forgotten declares no access rule/,
    );
    await app.close();
  });
});
