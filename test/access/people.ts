import { randomUUID } from 'node:crypto';
import { createUser } from '#features/identity/commands/create-user.ts';
import type { Role } from '#platform/auth/actor.ts';
import { makePerson } from '#test/people.ts';
import type { Person } from '#test/client.ts';
import type { TestServer } from '#test/server.ts';
import { callers, type Caller } from './callers.ts';

export type SignedInCaller = Exclude<Caller, 'anonymous'>;
export type Callers = Record<SignedInCaller, Person>;

/** What everybody is in the institution; what they are in a course is decided there. */
export const roleOf: Record<SignedInCaller, Role> = {
  student: 'student',
  stranger: 'student',
  owner: 'instructor',
  coInstructor: 'instructor',
  assistant: 'student',
  observer: 'student',
  otherInstructor: 'instructor',
  admin: 'admin',
};

/** One person a column of the table. */
export async function makeCallers(server: TestServer): Promise<Callers> {
  const signedIn = callers.filter((caller) => caller !== 'anonymous');
  const people = await Promise.all(signedIn.map((caller) => makePerson(server, roleOf[caller], caller)));
  return Object.fromEntries(signedIn.map((caller, at) => [caller, people[at]])) as Callers;
}

/** Somebody new who never signs in, so that no password has to be hashed. */
export async function makeBystander(server: TestServer, role: Role = 'student'): Promise<string> {
  const { id } = await createUser(server.open.deps, null, { name: 'Bystander', role });
  return id;
}

/** The same with an address, so that they can be invited. */
export async function makeInvited(server: TestServer, role: Role = 'student'): Promise<string> {
  const email = `${randomUUID()}@example.com`;
  return (await createUser(server.open.deps, null, { name: 'Invited', role, email })).id;
}
