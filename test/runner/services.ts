import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { startEmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts';
import { migrate } from '#platform/db/migrate.ts';
import { dropDatabase, onServer } from '../database.ts';
import type { RunFolders } from './folders.ts';
import { startRedis } from './redis-server.ts';

/** What test files find in their environment, and the way to end it. */
export type Services = { environment: Record<string, string>; stop(): Promise<void> };

const TEMPLATE = 'lms_test_template';
const PREPARATION = path.join(import.meta.dirname, '..', 'template.ts');

/**
 * Starts what the tests share: one PostgreSQL with a template database (migrated, and prepared by
 * `test/template.ts` where there is one), and a Redis where the machine has one. `TEST_DATABASE_URL` together
 * with `TEST_TEMPLATE`, or `REDIS_URL`, set by the caller, are taken instead.
 */
export async function startServices(
  { folder, databaseFolder }: Pick<RunFolders, 'folder' | 'databaseFolder'>,
  given: NodeJS.ProcessEnv,
): Promise<Services> {
  const started: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const stopOne of started.toReversed()) await stopOne();
  };
  try {
    const environment: Record<string, string> = {};
    const database =
      given['TEST_DATABASE_URL'] ?? (await startDatabase(path.join(databaseFolder, 'database'), started));
    environment['TEST_DATABASE_URL'] = database;
    environment['TEST_TEMPLATE'] = given['TEST_TEMPLATE'] ?? (await makeTemplate(database));
    const redis = given['REDIS_URL'] ?? (await startOwnRedis(path.join(folder, 'redis'), started));
    if (redis !== undefined) environment['TEST_REDIS_URL'] = redis;
    return { environment, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startDatabase(dataDir: string, started: (() => Promise<void>)[]): Promise<string> {
  const server = await startEmbeddedPostgres({
    dataDir,
    durability: 'none',
    maxConnections: 300,
    log(level, message) {
      if (level === 'warn') console.error(message);
    },
  });
  started.push(() => server.stop());
  const url = new URL(server.url);
  url.pathname = '/postgres';
  return url.href;
}

async function startOwnRedis(folder: string, started: (() => Promise<void>)[]): Promise<string | undefined> {
  mkdirSync(folder, { recursive: true });
  const server = await startRedis(folder);
  if (server !== undefined) started.push(() => server.stop());
  return server?.url;
}

/** Drops and makes the template anew: a server that outlives the run may hold one of older migrations. */
async function makeTemplate(serverUrl: string): Promise<string> {
  await dropDatabase(serverUrl, TEMPLATE);
  await onServer(serverUrl, `create database ${TEMPLATE}`);
  const url = new URL(serverUrl);
  url.pathname = `/${TEMPLATE}`;
  await migrate(url.href);
  if (existsSync(PREPARATION)) {
    const preparation = (await import(PREPARATION)) as { prepareTemplate(url: string): Promise<void> };
    await preparation.prepareTemplate(url.href);
  }
  return TEMPLATE;
}
