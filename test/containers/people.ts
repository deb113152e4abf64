import { createClient, type Client } from '#test/client.ts';
import { adminAccount as admin, teacherAccount as teacher } from '#test/faults/system.ts';
import { ok } from '#test/loop.ts';
import type { Stack } from './stack.ts';

/** The first admin, made as an operator makes them, and an instructor. */
export async function makeStaff(
  stack: Stack,
): Promise<{ api: Client; adminToken: string; teacherToken: string }> {
  const command = ['admin', 'create', `--email=${admin.email}`, '--name=Root'];
  await stack.compose(['exec', '-T', 'api', 'node', 'src/main.ts', ...command], {
    input: `${admin.password}\n`,
  });
  const api = createClient(stack.baseUrl);
  const adminToken = (await ok(api.post('/auth/login', admin), 200)).accessToken as string;
  await ok(api.post('/users', teacher, adminToken), 201);
  const login = { email: teacher.email, password: teacher.password };
  const teacherToken = (await ok(api.post('/auth/login', login), 200)).accessToken as string;
  return { api, adminToken, teacherToken };
}
