import assert from 'node:assert/strict';
import { withClient } from '#test/invariants.ts';
import type { Seen } from './front-end.ts';

type Told = Seen['told'][number];

/** By the path of what was done: the statement that finds it, and what of the answer it is asked for. */
const proofs: readonly {
  path: RegExp;
  statement: string;
  values: (told: Told, ids: string[]) => unknown[];
}[] = [
  {
    path: /^\/auth\/register$/,
    statement: 'select from app_user where id = $1 and email = $2',
    values: ({ body }) => [body.user.id, body.user.email],
  },
  {
    path: /^\/courses\/([^/]+)\/enrollments$/,
    statement: 'select from enrollment where id = $1 and course_id = $2',
    values: ({ body }, [courseId]) => [body.id, courseId],
  },
  {
    path: /^\/enrollments\/([^/]+)\/lessons\/([^/]+)\/(?:completion|progress)$/,
    statement: `select from lesson_progress where enrollment_id = $1 and lesson_id = $2
      and (completed_at is not null or not $3::boolean)`,
    values: ({ body }, ids) => [...ids, body.status === 'completed'],
  },
  {
    path: /^\/quizzes\/([^/]+)\/attempts$/,
    statement: 'select from attempt where id = $1 and quiz_id = $2',
    values: ({ body }, [quizId]) => [body.id, quizId],
  },
  {
    path: /^\/attempts\/([^/]+)\/answers$/,
    statement: 'select from attempt_answer where attempt_id = $1',
    values: (_, ids) => ids,
  },
  {
    path: /^\/attempts\/([^/]+)\/submission$/,
    statement: 'select from attempt where id = $1 and submitted_at is not null and passed = $2',
    values: ({ body }, ids) => [...ids, body.passed],
  },
];

/** Every write that a client was told of as done is in the database. Returns how many were looked up. */
export async function assertToldIsThere(databaseUrl: string, told: Seen['told']): Promise<number> {
  let count = 0;
  await withClient(databaseUrl, async (client) => {
    for (const one of told) {
      const proof = proofs.find(({ path }) => path.test(one.path));
      if (!proof) continue;
      const ids = proof.path.exec(one.path)?.slice(1) ?? [];
      const { rowCount } = await client.query(proof.statement, proof.values(one, ids));
      assert.ok(rowCount !== null && rowCount > 0, `told and not there: ${one.method} ${one.path}`);
      count += 1;
    }
  });
  return count;
}
