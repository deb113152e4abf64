import { createUser } from '#features/identity/commands/create-user.ts';
import type { Role } from '#platform/auth/actor.ts';
import { randomBytes } from 'node:crypto';
import type { Person } from './client.ts';
import type { TestServer } from './server.ts';

/** Makes an account as the command line does, and signs in over HTTP. */
export async function makePerson(server: TestServer, role: Role, name = `Test ${role}`): Promise<Person> {
  const email = `${role}-${randomBytes(6).toString('hex')}@example.com`;
  const password = `pass-${randomBytes(6).toString('hex')}`;
  const user = await createUser(server.open.deps, null, { email, password, name, role });
  return { id: user.id, email, name, password, ...(await signIn(server, email, password)) };
}

export async function signIn(
  server: TestServer,
  email: string,
  password: string,
): Promise<{ token: string; refreshToken: string }> {
  const { status, body, text } = await server.post('/auth/login', { email, password });
  if (status !== 200) throw new Error(`signing in answered ${status}: ${text}`);
  return { token: body.accessToken, refreshToken: body.refreshToken };
}

export type People = Record<'admin' | 'instructor' | 'otherInstructor' | 'student' | 'otherStudent', Person>;

/** One of each, and a second instructor and student to be strangers. */
export async function makePeople(server: TestServer): Promise<People> {
  const [admin, instructor, otherInstructor, student, otherStudent] = await Promise.all([
    makePerson(server, 'admin'),
    makePerson(server, 'instructor'),
    makePerson(server, 'instructor', 'Other Instructor'),
    makePerson(server, 'student'),
    makePerson(server, 'student', 'Other Student'),
  ]);
  return { admin, instructor, otherInstructor, student, otherStudent };
}
