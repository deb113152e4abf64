import { createHash } from 'node:crypto';
import { createAccessTokens } from '#platform/auth/access-token.ts';
import { createPasswords } from '#platform/auth/passwords.ts';
import { createClient, type Body } from '#test/client.ts';
import { buildCourse, ok, responseTo, type LoopCourse } from '#test/loop.ts';
import { keys, query } from './environment.ts';

/** Whose requests are measured. Further learners fill the tables. */
export const activeLearners = 1_024;
export const password = 'a-long-pass-phrase';
const courseCount = 24;
const enrollmentsEach = 4;
const progressRowsEach = 5;

export type Learner = {
  userId: string;
  sessionId: string;
  enrollmentId: string;
  attemptId: string;
  email: string;
  token: string;
};
export type World = {
  course: LoopCourse;
  /** A video of an hour. */
  videoId: string;
  /** A text that nobody has completed. */
  newTextId: string;
  learners: Learner[];
  answers: Body[];
};

/** Courses made over the API, in which `learnerCount` learners are then enrolled straight in the database. */
export async function makeWorld(apiUrl: string, databaseUrl: string, learnerCount: number): Promise<World> {
  const api = createClient(`${apiUrl}/api/v1`);
  const teacher = await addPerson(databaseUrl, 'instructor');
  const courses: LoopCourse[] = [];
  for (let number = 0; number < courseCount; number += 1)
    courses.push(await buildCourse(api, teacher, `Course ${number} of the bench`));
  const added: Body[][] = [];
  for (const { id } of courses) {
    const section = await ok(api.post(`/courses/${id}/sections`, { title: 'More' }, teacher), 201);
    const lessons: Body[] = [];
    for (let number = 0; number < 12; number += 1)
      lessons.push(await ok(api.post(`/sections/${section.id}/lessons`, lesson(number), teacher), 201));
    added.push(lessons);
  }
  const [course] = courses as [LoopCourse];
  await addLearners(databaseUrl, 0, learnerCount);
  await query(databaseUrl, totalsSql);
  const first = await learnerOf(0);
  const attempt = await ok(api.post(`/quizzes/${course.quizId}/attempts`, {}, first.token), 201);
  await query(databaseUrl, attemptsSql, [attempt.id, activeLearners]);
  await query(databaseUrl, `update attempt set expires_at = now() + interval '1 day'`);
  await query(databaseUrl, 'vacuum (analyze, parallel 0)');
  const learners = await Promise.all(Array.from({ length: activeLearners }, (_, index) => learnerOf(index)));
  return {
    course,
    videoId: added[0]?.[0].id,
    newTextId: added[0]?.at(-1).id,
    learners: [{ ...first, attemptId: attempt.id as string }, ...learners.slice(1)],
    answers: attempt.questions.map((question: Body) => ({
      questionId: question.id,
      response: responseTo(question, course.responses[question.prompt]),
    })),
  };
}

/** Adds learners of the numbers from `from` up to `to`, each in four courses with five lessons begun. */
export async function addLearners(databaseUrl: string, from: number, to: number): Promise<void> {
  const hash = await createPasswords().hash(password);
  await query(databaseUrl, peopleSql('learner', 'student'), [from, to, hash]);
  await query(databaseUrl, sessionsSql('learner'), [from, to]);
  await query(databaseUrl, enrollmentsSql, [from, to]);
  await query(databaseUrl, progressSql, [from, to]);
}

/** Somebody of a role, who is signed in. Answers their access token. */
export async function addPerson(databaseUrl: string, role: 'instructor' | 'admin'): Promise<string> {
  await query(databaseUrl, peopleSql(role, role), [0, 1, 'no password']);
  await query(databaseUrl, sessionsSql(role), [0, 1]);
  return tokenOf(role, 0);
}

/** Signs the first learners in on another device. Answers the tokens. */
export async function signInElsewhere(databaseUrl: string, count: number): Promise<string[]> {
  await query(databaseUrl, sessionsSql('learner', ' phone'), [0, count]);
  return Promise.all(Array.from({ length: count }, (_, number) => tokenOf('learner', number, ' phone')));
}

/** Makes submitted attempts open again, as they were before, and takes away the jobs. */
export async function reset(databaseUrl: string, { course }: World): Promise<void> {
  await query(databaseUrl, 'truncate pgboss.job');
  await query(databaseUrl, 'truncate attempt_answer');
  await query(
    databaseUrl,
    `delete from lesson_progress where lesson_id = $1 and enrollment_id in (select enrollment_id from attempt)`,
    [course.quizLessonId],
  );
  await query(
    databaseUrl,
    `update attempt set status = 'inProgress', submitted_at = null, submitted_by = null, graded_at = null,
       score = null, percent = null, passed = null where status <> 'inProgress'`,
  );
  for (const table of ['attempt', 'lesson_progress', 'enrollment'])
    await query(databaseUrl, `vacuum ${table}`);
}

function lesson(number: number): object {
  if (number % 4 > 0)
    return { title: `Text ${number}`, type: 'text', content: 'A paragraph of *text*.\n\n'.repeat(60) };
  const videoUrl = `https://videos.example.com/${number}.mp4`;
  return { title: `Video ${number}`, type: 'video', videoUrl, durationSeconds: 3_600 };
}

/** The id that `md5('…')::uuid` makes. */
function idOf(text: string): string {
  const hex = createHash('md5').update(text).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** One of those who were added, by number. */
export async function learnerOf(number: number): Promise<Learner> {
  return {
    userId: idOf(`learner ${number}`),
    sessionId: idOf(`learner session ${number}`),
    enrollmentId: idOf(`enrollment ${number} 0`),
    attemptId: idOf(`attempt ${number}`),
    email: `learner${number}@example.com`,
    token: await tokenOf('learner', number),
  };
}

async function tokenOf(kind: string, number: number, device = ''): Promise<string> {
  const tokens = createAccessTokens({
    secretKey: keys.SECRET_KEY,
    previousSecretKey: null,
    publicUrl: keys.PUBLIC_URL,
    lifetimeSeconds: 86_400,
  });
  const now = new Date();
  const of = { userId: idOf(`${kind} ${number}`), sessionId: idOf(`${kind}${device} session ${number}`) };
  return (await tokens.issue({ ...of, authenticatedAt: now }, now)).token;
}

const peopleSql = (kind: string, role: string) => `
  insert into app_user (id, email, email_key, password_hash, name, role, locale, time_zone, email_verified_at, created_at,
    updated_at)
  select md5('${kind} ' || n)::uuid, '${kind}' || n || '@example.com', '${kind}' || n || '@example.com', $3::text,
    'The ${kind} ' || n, '${role}', 'en', 'UTC', now(), now(), now()
  from generate_series($1::int, $2::int - 1) as n`;

const sessionsSql = (kind: string, device = '') => `
  insert into session (id, user_id, created_at, last_used_at, expires_at)
  select md5('${kind}${device} session ' || n)::uuid, md5('${kind} ' || n)::uuid, now(), now(), now() + interval '1 day'
  from generate_series($1::int, $2::int - 1) as n`;

// The first enrollment of those who are measured is in the first course.
const enrollmentsSql = `
  with numbered as (select id, row_number() over (order by created_at, id) - 1 as number from course)
  insert into enrollment (id, course_id, user_id, progress_percent, last_activity_at, created_at, updated_at)
  select md5('enrollment ' || n || ' ' || e)::uuid, numbered.id, md5('learner ' || n)::uuid, 5, now(),
    now() - e * interval '1 day', now()
  from generate_series($1::int, $2::int - 1) as n cross join generate_series(0, ${enrollmentsEach - 1}) as e
    join numbered on numbered.number = ((case when n < ${activeLearners} then 0 else n end) + e * 7) % ${courseCount}`;

const progressSql = `
  with numbered as (
    select id, course_id, duration_seconds, row_number() over (partition by course_id order by id) as number
    from lesson where type <> 'quiz'
  )
  insert into lesson_progress (enrollment_id, lesson_id, completed_at, first_seen_at, position_seconds, seconds_watched,
    seconds_spent, updated_at)
  select enrollment.id, numbered.id, case when numbered.duration_seconds is null then now() end, now(), 0, 0, 30, now()
  from generate_series($1::int, $2::int - 1) as n cross join generate_series(0, ${enrollmentsEach - 1}) as e
    join enrollment on enrollment.id = md5('enrollment ' || n || ' ' || e)::uuid
    join numbered on numbered.course_id = enrollment.course_id and numbered.number <= ${progressRowsEach}`;

/** Counts the enrollments of each course. */
export const totalsSql = `
  update course_statistics set enrollment_count = counted.count
  from (select course_id, count(*) as count from enrollment group by course_id) as counted
  where counted.course_id = course_statistics.course_id`;

const attemptsSql = `
  insert into attempt (id, quiz_id, lesson_id, course_id, enrollment_id, user_id, number, status, questions, seed,
    passing_percent, started_at, expires_at, max_score, updated_at)
  select md5('attempt ' || n)::uuid, quiz_id, lesson_id, course_id, md5('enrollment ' || n || ' 0')::uuid,
    md5('learner ' || n)::uuid, 1, status, questions, seed, passing_percent, started_at, now() + interval '1 day', max_score, updated_at
  from attempt, generate_series(1, $2::int - 1) as n where attempt.id = $1`;
