import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import { createClient, type Client } from '#test/client.ts';
import { startLearning } from '#test/faults/learning.ts';
import { newFolder, uploadBytes } from '#test/faults/backup/contents.ts';
import { joinCourse, learn, ok, waitForCertificate, type Learner, type LoopCourse } from '#test/loop.ts';
import { runCommand } from '#test/program.ts';

export const backupKey = 'dk3mWq9vTzR7bXc1LfYh8sNp5GjUa2Eo6ViQx4ZtJr0=';

export type Env = Record<string, string>;
export type Place = { env: Env; backups: string; uploads: string };

/** Folders of a system's own for its files and its backups, and the settings that say so. */
export function newPlace(t: TestContext, path: string): Place {
  const [backups, uploads] = [newFolder(t), newFolder(t)];
  const env = { BACKUP_DIR: backups, BACKUP_KEY: backupKey, UPLOADS_DIR: uploads, PATH: path };
  return { backups, uploads, env };
}

export async function succeeds(t: TestContext, args: string[], env: Env): Promise<string> {
  const { code, stdout, stderr } = await runCommand(t, args, { env });
  assert.equal(code, 0, stdout + stderr);
  return stdout;
}

/** Ends with the status of a failure and one line that says why. */
export async function refuses(t: TestContext, args: string[], env: Env, why: RegExp): Promise<void> {
  const { code, stdout, stderr } = await runCommand(t, args, { env });
  assert.equal(code, 1, stdout + stderr);
  assert.match(stderr, why);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
}

/** Learners who have completed and have their certificates, and files of a person. */
export async function fill(
  baseUrl: string,
  course: LoopCourse,
  token: string,
): Promise<{ learners: Learner[]; fileId: string }> {
  const api = createClient(baseUrl);
  for (const sizeBytes of [1, 9_000_000]) await uploadBytes(baseUrl, token, sizeBytes);
  const fileId = await uploadBytes(baseUrl, token, 100_000);
  const learners = await startLearning(api, course, { atATime: 4, count: 8 }).done;
  for (const learner of learners) await waitForCertificate(api, learner, 60_000);
  return { learners, fileId };
}

export async function signIn(api: Client, email: string, password = 'a-long-pass-phrase'): Promise<string> {
  return (await ok(api.post('/auth/login', { email, password }), 200)).accessToken as string;
}

/** Learners of before go on with their passwords, and not with their tokens; another goes all the way. */
export async function goOn(baseUrl: string, course: LoopCourse, learners: readonly Learner[]): Promise<void> {
  const api = createClient(baseUrl);
  for (const learner of learners) {
    assert.equal((await api.get('/me', learner.token)).status, 401, 'sessions end with a restore');
    const token = await signIn(api, learner.email);
    const certificate = await waitForCertificate(api, { ...learner, token });
    const pdf = await fetch(`${baseUrl}/certificates/${certificate.id}/pdf`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(pdf.status, 200);
    assert.match(Buffer.from(await pdf.arrayBuffer()).toString('latin1'), /^%PDF/);
  }
  const next = await joinCourse(api, course, `Learner of ${createHash('md5').update(baseUrl).digest('hex')}`);
  await learn(api, course, next);
  await waitForCertificate(api, next, 60_000);
}

/** All that the feed of events gives. */
export async function readFeed(api: Client, token: string): Promise<string[]> {
  const ids: string[] = [];
  let after = '';
  for (let hasMore = true; hasMore;) {
    const page = await ok(api.get(`/events?limit=100${after}`, token), 200);
    ids.push(...(page.items as { id: string }[]).map(({ id }) => id));
    hasMore = page.hasMore as boolean;
    after = `&after=${page.nextCursor as string}`;
  }
  return ids;
}
