import { Secret, TOTP } from 'otpauth';
import { createUser } from '#features/identity/commands/create-user.ts';
import { beginLoginChallenge } from '#features/identity/commands/begin-login-challenge.ts';
import { beginSession } from '#features/identity/commands/sign-in.ts';
import type { Role } from '#platform/auth/actor.ts';
import { runSql } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { createAuthenticator, type Authenticator } from './authenticator.ts';
import type { Answer, Json } from './client.ts';
import type { TestServer } from './server.ts';

export type Member = { id: string; token: string };
export type App = { secret: string; next(): string };

/** Somebody who has just signed in, without the hash of a password that anything would cost. */
export async function makeMember(server: TestServer, role: Role = 'student'): Promise<Member> {
  const { deps } = server.open;
  const { id } = await createUser(deps, null, { name: 'Member', role });
  return { id, token: await openSession(server, id) };
}

export async function openSession(server: TestServer, userId: string): Promise<string> {
  const { deps } = server.open;
  const methods = ['password' as const];
  const tokens = await inTransaction(deps.db, (tx) =>
    beginSession(deps, tx, { userId, userAgent: null, methods }),
  );
  return tokens.accessToken;
}

/** Codes of a secret as an app shows them: each is another, the first is one step old, three at one time of the clock. */
export function appOf(server: TestServer, secret: string): App {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  let last = 0;
  return {
    secret,
    next() {
      const now = Math.floor(server.clock.now().getTime() / 30_000);
      last = Math.max(last + 1, now - 1);
      return totp.generate({ timestamp: last * 30_000 });
    },
  };
}

/** Sets an authenticator app up, over HTTP. */
export async function addApp(server: TestServer, token: string): Promise<App> {
  const begun = ok(await server.post('/me/totp', undefined, token));
  const app = appOf(server, begun.secret as string);
  ok(await server.post('/me/totp/confirmation', { code: app.next() }, token));
  return app;
}

export async function makeRecoveryCodes(server: TestServer, token: string): Promise<string[]> {
  return ok(await server.post('/me/recovery-codes', undefined, token)).codes as string[];
}

/** Makes a passkey and registers it, over HTTP. */
export async function addPasskey(server: TestServer, token: string): Promise<Authenticator & { id: string }> {
  const authenticator = createAuthenticator(server.open.deps.config.publicUrl);
  const { options } = ok(await server.post('/me/passkeys/options', undefined, token));
  const credential = authenticator.register(options as Parameters<Authenticator['register']>[0]);
  const { id } = ok(await server.post('/me/passkeys', { credential }, token));
  return { ...authenticator, id: id as string };
}

/** What `POST /auth/login` gives somebody with a second factor, without the password. */
export async function beginLogin(server: TestServer, userId: string): Promise<string> {
  const { deps } = server.open;
  const person = { id: userId, has_totp: true, has_passkey: false };
  const { challengeToken } = await inTransaction(deps.db, (tx) => beginLoginChallenge(deps, tx, person));
  return challengeToken;
}

/** Gives somebody a password that nobody knows, without the hash of one that anything would cost. */
export async function givePassword(server: TestServer, userId: string): Promise<void> {
  const hash = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;
  await runSql(server.open.deps.db, 'update app_user set password_hash = $2 where id = $1', [userId, hash]);
}

/** Makes all sessions of somebody such that were signed in to an hour ago. */
export async function makeStale(server: TestServer, userId: string): Promise<void> {
  const before = new Date(server.clock.now().getTime() - 3_600_000);
  const text = 'update session set authenticated_at = $2 where user_id = $1';
  await runSql(server.open.deps.db, text, [userId, before]);
}

/** The body of an answer that must be good. */
export function ok(answer: Answer): Json {
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer.body as Json;
}
