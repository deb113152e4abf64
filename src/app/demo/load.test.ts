import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { rollUpStatistics } from '#features/enrollments/commands/roll-up-statistics.ts';
import { checkProgress } from '#features/progress/commands/check-progress.ts';
import type { Config } from '#platform/config/config.ts';
import { checkInvariants } from '#test/invariants.ts';
import { signIn } from '#test/people.ts';
import { launchProgram } from '#test/program.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';
import type { Body } from '#test/client.ts';
import { demoPassword, findDemoAccounts } from './accounts.ts';
import { demoAcademy } from './content/academy.ts';
import { lessonsDone, lessonsOf, questionsOf } from './content/stages.ts';
import { loadDemoAcademy, type LoadOutcome } from './load.ts';

const { courses, enrollments, institution } = demoAcademy;
const people = [...demoAcademy.people, ...institution.invited];
const demo = { env: { DEMO_MODE: 'true' } };
const tables = ['app_user', 'course', 'course_slug', 'lesson', 'quiz', 'question', 'enrollment'] as const;
const recordTables = ['lesson_progress', 'attempt', 'review', 'event'] as const;

async function rowCounts({ open }: TestServer): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of [...tables, ...recordTables]) {
    const { count } = await open.deps.db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    counts[table] = count;
  }
  const { rows } = await open.engine.boss.getDb().executeSql('select count(*)::int as count from pgboss.job');
  return { ...counts, job: (rows[0] as { count: number }).count };
}

async function assertNothingIsThere(server: TestServer): Promise<void> {
  assert.deepEqual(new Set(Object.values(await rowCounts(server))), new Set([0]));
}

/** How often each value comes, to compare lists without regard to order. */
function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values.toSorted()) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

suite('the demo academy, loaded after a load that was cut short, by two at once', () => {
  let server: TestServer;
  let outcomes: LoadOutcome[];

  before(async () => {
    server = await startTestServer(demo);
    const last = Math.floor(Math.random() * 900);
    const cut = loadDemoAcademy(server.open.deps, {
      onStep: (index) => assert.ok(index < last, `cut short at step ${last}`),
    });
    await assert.rejects(cut, /cut short/);
    await assertNothingIsThere(server);
    outcomes = await Promise.all([loadDemoAcademy(server.open.deps), loadDemoAcademy(server.open.deps)]);
    await server.runJobs();
  });
  after(() => server.stop());

  const db = () => server.open.deps.db;

  test('is loaded once', async () => {
    assert.deepEqual(outcomes.toSorted(), ['busy', 'loaded']);
    const counts = await rowCounts(server);
    assert.equal(await loadDemoAcademy(server.open.deps), 'notEmpty');
    assert.deepEqual(await rowCounts(server), counts);
  });

  test('has the people, courses, lessons and questions of the content', async () => {
    const users = await db().selectFrom('app_user').select(['email', 'name', 'role', 'locale']).execute();
    assert.deepEqual(
      new Set(users.map((user) => Object.values(user).join('|'))),
      new Set(people.map(({ email, name, role, locale }) => [email, name, role, locale].join('|'))),
    );
    const made = await db().selectFrom('course').select(['title', 'status', 'language']).execute();
    assert.deepEqual(
      new Set(made.map((course) => Object.values(course).join('|'))),
      new Set(courses.map(({ body, status }) => [body.title, status, body.language].join('|'))),
    );
    const counts = await rowCounts(server);
    const lessons = courses.flatMap(lessonsOf);
    assert.equal(counts['lesson'], lessons.length);
    assert.equal(counts['question'], lessons.flatMap(questionsOf).length);
    const staff = await db().selectFrom('course_staff').select('role').execute();
    const coInstructors = courses.flatMap((course) => course.coInstructors ?? []);
    assert.equal(staff.length, courses.length + coInstructors.length + institution.courseStaff.length);
  });

  test('has every enrollment as far as the content says, quizzes failed and essays waiting included', async () => {
    const rows = await db()
      .selectFrom('enrollment')
      .innerJoin('app_user', 'app_user.id', 'enrollment.user_id')
      .innerJoin('course', 'course.id', 'enrollment.course_id')
      .select((eb) => [
        'app_user.email',
        'course.title',
        'enrollment.status',
        'enrollment.withdrawn_by as by',
        eb
          .selectFrom('lesson_progress')
          .whereRef('lesson_progress.enrollment_id', '=', 'enrollment.id')
          .where('lesson_progress.completed_at', 'is not', null)
          .select((inner) => inner.fn.countAll<number>().as('count'))
          .as('done'),
        eb
          .selectFrom('attempt')
          .whereRef('attempt.enrollment_id', '=', 'enrollment.id')
          .where('attempt.passed', '=', false)
          .select((inner) => inner.fn.countAll<number>().as('count'))
          .as('failed'),
        eb
          .selectFrom('attempt')
          .whereRef('attempt.enrollment_id', '=', 'enrollment.id')
          .where('attempt.status', '=', 'needsGrading')
          .select((inner) => inner.fn.countAll<number>().as('count'))
          .as('waiting'),
      ])
      .execute();
    const expected = enrollments.map((each) => {
      const course = courses.find(({ key }) => key === each.course);
      assert.ok(course);
      const isLeft = each.stage === 'withdrawn' || each.stage === 'completed';
      return {
        email: each.student,
        title: course.body.title,
        status: isLeft ? each.stage : 'active',
        by: each.stage === 'withdrawn' ? each.by : null,
        done: lessonsDone(course, each).length,
        failed: each.stage === 'quizFailed' ? each.attempts : 0,
        waiting: each.stage === 'awaitingGrading' ? 1 : 0,
      };
    });
    const keyed = (list: object[]) => tally(list.map((each) => Object.values(each).join('|')));
    assert.deepEqual(keyed(rows), keyed(expected));
  });

  test('has the answers of the content: the mistakes, the own words, the graded essays', async () => {
    const answers = await db()
      .selectFrom('attempt_answer')
      .innerJoin('attempt', 'attempt.id', 'attempt_answer.attempt_id')
      .select(['response', 'is_correct', 'feedback', 'points', 'passed', 'attempt_answer.graded_by'])
      .where((eb) => eb.or([eb('passed', '=', true), eb('attempt.status', '=', 'needsGrading')]))
      .execute();
    const mistakes = enrollments.map((each) => {
      const course = courses.find(({ key }) => key === each.course);
      const passed = course ? lessonsDone(course, each).filter(({ type }) => type === 'quiz').length : 0;
      return (each.mistakes ?? 0) * (passed + (each.stage === 'awaitingGrading' ? 1 : 0));
    });
    const missed = answers.filter((answer) => answer.is_correct === false && answer.graded_by === null);
    assert.equal(
      missed.length,
      mistakes.reduce((sum, count) => sum + count, 0),
    );
    const responses = new Set(answers.map(({ response }) => response));
    for (const { shortTexts = {}, essays = [] } of enrollments) {
      for (const text of [...Object.values(shortTexts), ...essays.map((essay) => essay.text)])
        assert.ok(responses.has(text), text);
    }
    const graded = answers.filter((answer) => answer.graded_by !== null);
    const grades = enrollments.flatMap(({ essays = [] }) => essays.flatMap(({ grade }) => grade ?? []));
    assert.deepEqual(
      tally(graded.map(({ points, feedback }) => `${points} ${feedback}`)),
      tally(grades.map(({ points, feedback }) => `${points} ${feedback}`)),
    );
  });

  test('has the reviews of the content, and a certificate for each completion', async () => {
    const reviews = await db().selectFrom('review').select(['rating', 'text']).execute();
    const written = enrollments.flatMap(({ review }) => review ?? []);
    const keyed = (list: { rating: number; text?: string | null }[]) =>
      tally(list.map(({ rating, text }) => `${rating} ${text ?? ''}`));
    assert.deepEqual(keyed(reviews), keyed(written));
    const certificates = await db().selectFrom('certificate').select('learner_name').execute();
    const completed = enrollments.filter(({ stage }) => stage === 'completed');
    const nameOf = (email: string) => people.find((person) => person.email === email)?.name ?? '';
    assert.deepEqual(
      tally(certificates.map((row) => row.learner_name ?? '')),
      tally(completed.map(({ student }) => nameOf(student))),
    );
  });

  test('has happened in the past, in an order that makes sense, all days included', async () => {
    const now = server.clock.now().getTime();
    const facts = await db()
      .selectFrom('event')
      .select(['type', 'occurred_at'])
      .orderBy('sequence')
      .execute();
    const times = facts
      // Jobs make those, when the academy is there.
      .filter(({ type }) => !/^(certificate\.|user\.invitation_issued$)/.test(type))
      .map((row) => row.occurred_at.getTime());
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other),
    );
    assert.ok((times.at(-1) ?? now) < now);
    const oldest = Math.max(...people.map(({ joinedDaysAgo }) => joinedDaysAgo));
    const days = (now - (times[0] ?? now)) / 86_400_000;
    assert.ok(days > oldest && days < oldest + 2, `${days} days, oldest ${oldest}`);
    const reviews = await db().selectFrom('review').select('created_at').execute();
    assert.ok(reviews.every((review) => review.created_at.getTime() < now));
  });

  test('breaks no invariant, and the nightly jobs find nothing to mend', async () => {
    await checkInvariants(server.open.deps.config.databaseUrl ?? '');
    const { enrollmentCount, differences } = await checkProgress(server.open.deps);
    assert.deepEqual(differences, []);
    assert.equal(enrollmentCount, enrollments.length);
    assert.equal(await rollUpStatistics(server.open.deps), 0);
  });

  test('lets the advertised accounts sign in, each in its role', async () => {
    const accounts = await findDemoAccounts(server.open.deps);
    assert.deepEqual(accounts, ['admin@example.com', 'instructor@example.com', 'student@example.com']);
    for (const email of accounts) {
      const { token } = await signIn(server, email, demoPassword);
      assert.equal((await server.get('/me', token)).body.role, email.split('@')[0]);
    }
  });

  test('has roles, groups, staff, an invitation and a suspension to look at', async () => {
    const { token } = await signIn(server, 'admin@example.com', demoPassword);
    const list = async (path: string) => (await server.get(path, token)).body.items as Body[];
    for (const { body, roles, members } of institution.groups) {
      const group = (await list('/groups')).find(({ name }) => name === body.name);
      assert.deepEqual([group?.memberCount, group?.roles.length], [members.length, roles.length], body.name);
    }
    const may = async (email: string) =>
      (await server.get('/me', (await signIn(server, email, demoPassword)).token)).body.permissions;
    assert.deepEqual(await may('siobhan.obrien@example.com'), ['users.manage', 'groups.manage'], 'directly');
    assert.deepEqual(await may('chidi.eze@example.com'), ['courses.observeAny', 'audit.read'], 'by a group');
    const [invited] = await list('/users?q=tove.lund');
    assert.ok(invited?.invitedAt);
    const shutOut = { email: 'jackson.whitefeather@example.com', password: demoPassword };
    assert.equal((await server.post('/auth/login', shutOut)).body.code, 'account_suspended');
    const course = (await list('/courses?q=night+sky'))[0];
    const staff = await list(`/courses/${course?.id}/staff`);
    assert.deepEqual(staff.map(({ role }) => role).toSorted(), [
      'assistant',
      'coInstructor',
      'observer',
      'owner',
    ]);
  });

  test('shows student@example.com a certificate, a course half way and one just begun', async () => {
    const { token } = await signIn(server, 'student@example.com', demoPassword);
    const { items } = (await server.get('/me/enrollments', token)).body;
    const percents = items.map((item: Body) => item.progressPercent as number);
    assert.equal(percents.length, 3);
    const [begun, half, whole] = percents.toSorted((one: number, other: number) => one - other);
    assert.ok(begun > 0 && begun < 40, `${begun} %`);
    assert.ok(half >= 40 && half < 100, `${half} %`);
    assert.equal(whole, 100);
    const certificates = (await server.get('/me/certificates', token)).body.items;
    assert.equal(certificates.length, 1);
    assert.equal((await server.get(`/certificates/verify/${certificates[0].number}`)).body.status, 'valid');
  });

  test('finds each listed course by words in its own script', async () => {
    const searches: Record<string, string> = {
      sky: 'night-sky',
      statist: 'coffee-statistics',
      Sauerteig: 'bread',
      الخط: 'calligraphy',
      お茶: 'tea',
      primeros: 'first-aid',
      solfège: 'solfege',
    };
    for (const [q, key] of Object.entries(searches)) {
      const title = courses.find((course) => course.key === key)?.body.title;
      const { body } = await server.get(`/courses?q=${encodeURIComponent(q)}&include=facets,total`);
      assert.ok(
        body.items.some((item: Body) => item.title === title),
        `${q} → ${title}: ${JSON.stringify(body.items.map((item: Body) => item.title))}`,
      );
    }
  });
});

suite('a load', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer(demo);
  });
  after(() => server.stop());

  test('that is killed leaves nothing', async (t) => {
    const databaseUrl = server.open.deps.config.databaseUrl ?? '';
    const program = launchProgram(t, ['seed'], {
      env: { DATABASE_URL: databaseUrl, DEMO_MODE: 'true', ENVIRONMENT: 'demo' },
    });
    await waitFor('it writes', () => isLoading(server), 60_000);
    await program.kill();
    await waitFor('its transaction is undone', async () => !(await isLoading(server)));
    await assertNothingIsThere(server);
  });

  test('happens in the embedded default or demo mode only, and never in staging or production', async () => {
    const { deps } = server.open;
    const refused: Partial<Config>[] = [
      { environment: 'production', demoMode: true },
      { environment: 'staging', demoMode: true },
      { environment: 'production', demoMode: true, databaseUrl: null },
      { environment: 'development', demoMode: false },
    ];
    for (const change of refused) {
      const outcome = await loadDemoAcademy({ ...deps, config: { ...deps.config, ...change } });
      assert.equal(outcome, 'notAllowed', JSON.stringify(change));
    }
    await assertNothingIsThere(server);
  });
});

/** Whether a transaction that loads has written: it has an id and holds the lock of loading. */
async function isLoading({ open }: TestServer): Promise<boolean> {
  const { rows } = await open.engine.boss.getDb().executeSql(
    `select from pg_locks as lock join pg_stat_activity as activity using (pid)
     where lock.locktype = 'advisory' and activity.datname = current_database() and activity.backend_xid is not null`,
  );
  return rows.length > 0;
}
