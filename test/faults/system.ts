import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createClient } from '#test/client.ts';
import { createTestDatabase } from '#test/database.ts';
import { ok } from '#test/loop.ts';
import { runCommand, startProgram, type Program } from '#test/program.ts';

export const adminAccount = { email: 'root@example.com', password: 'the-first-admin-pass' };
export const teacherAccount = {
  email: 'teacher@example.com',
  name: 'Teacher',
  password: 'a-teachers-phrase',
  role: 'instructor',
};

export type TestSystem = {
  env: { DATABASE_URL: string; PUBLIC_URL: string };
  api: Program;
  adminToken: string;
  teacherToken: string;
};

/**
 * An API as a process of its own, with an admin and an instructor, on a database of its own unless given. `migration` has
 * the settings that the migration needs beside those of the API.
 */
export async function makeSystem(
  t: TestContext,
  databaseUrl?: string,
  settings: Record<string, string> = {},
  migration: Record<string, string> = {},
): Promise<TestSystem> {
  const env = {
    DATABASE_URL: databaseUrl ?? (await ownDatabase(t)),
    // Tokens name it, and the default has a port in it that another start does not get again.
    PUBLIC_URL: 'http://lms.example.com',
  };
  const migrated = await runCommand(t, ['migrate'], { env: { ...settings, ...env, ...migration } });
  assert.equal(migrated.code, 0, migrated.stderr);
  const { email, password } = adminAccount;
  const made = await runCommand(t, ['admin', 'create', `--email=${email}`, '--name=Root'], {
    env,
    input: `${password}\n`,
  });
  assert.equal(made.code, 0, made.stderr);
  const program = await startProgram(t, ['api'], { env: { ...settings, ...env } });
  const api = createClient(program.baseUrl);
  const adminToken = (await ok(api.post('/auth/login', adminAccount), 200)).accessToken as string;
  await ok(api.post('/users', teacherAccount, adminToken), 201);
  const login = { email: teacherAccount.email, password: teacherAccount.password };
  const teacherToken = (await ok(api.post('/auth/login', login), 200)).accessToken as string;
  return { env, api: program, adminToken, teacherToken };
}

async function ownDatabase(t: TestContext): Promise<string> {
  const database = await createTestDatabase();
  t.after(() => database.drop());
  return database.url;
}
