import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestDatabase } from '#test/database.ts';
import { startTestServer } from '#test/server.ts';

test('where the database does not answer, readiness says what to do: about one’s own, or nothing about the embedded one', async () => {
  for (const [isOwn, hint] of [
    [true, /is it up, and DATABASE_URL right\?$/],
    [false, /it is started again by itself$/],
  ] as const) {
    const database = await createTestDatabase();
    const config = isOwn ? {} : { databaseUrl: null };
    const server = await startTestServer({ databaseUrl: database.url, config });
    await database.drop();
    const { status, body } = await server.get('/ready');
    assert.equal(status, 503);
    assert.match(body.checks.database.detail, hint);
    await server.stop();
  }
});
