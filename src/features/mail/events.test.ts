import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { makeUnsubscribeToken } from '#features/mail/unsubscribe-token.ts';
import { buildCourse, joinCourse, learn, ok, waitForCertificate, type LoopCourse } from '#test/loop.ts';
import { makePeople, type People } from '#test/people.ts';
import { queueMails } from './commands/queue-mails.ts';
import { mailWebhookDisabled } from './commands/react.ts';
import { remindIdle } from './commands/remind-idle.ts';
import { startMailSystem, type MailSystem } from './mail-testing.ts';

suite('what is mailed', () => {
  let system: MailSystem;
  let people: People;
  let course: LoopCourse;
  before(async () => {
    system = await startMailSystem({}, { FRONTEND_URL: 'https://app.example.edu' });
    people = await makePeople(system.server);
    course = await buildCourse(system.server, people.instructor.token, 'Stars <b>&</b> Planets');
    await system.runMails();
    for (const { email } of Object.values(people)) system.takenFor(email);
  });
  after(() => system.stop());

  const one = async (email: string) => {
    await system.runMails();
    const taken = system.takenFor(email);
    assert.equal(taken.length, 1, taken.map(({ mail }) => mail.subject).join('\n'));
    return taken[0] ?? assert.fail();
  };

  test('one who registers gets one welcome, with the link that confirms the address', async () => {
    const { server } = system;
    const person = await server.registerStudent('Ada <script>');
    const { mail } = await one(person.email);
    assert.match(mail.subject ?? '', /^Welcome to LMS Backend/);
    const token = /https:\/\/app\.example\.edu\/verify-email\?token=([\w-]+)/.exec(mail.text ?? '')?.[1];
    assert.ok(token, mail.text);
    assert.ok(String(mail.html).includes(`token=${token}`));
    assert.ok(!String(mail.html).includes('<script'), 'what people write is escaped');
    assert.equal(mail.headers.has('list-unsubscribe'), false, 'nobody can switch it off');
    assert.match(mail.text ?? '', /Registered: \S/);
    assert.ok(!mail.text?.includes('Ada'), 'whoever registered chose the name');
    assert.match(mail.text ?? '', new RegExp(`It was not me:\\n\\S+/undo-registration\\?token=${token}`));
    assert.equal((await server.post('/auth/email-verifications', { token })).status, 204);
    const [row] = await system.rows(person.id);
    assert.deepEqual(row, { kind: 'welcome', state: 'sent', error: null, attempts: 1 });
  });

  test('a new password: the link, then the notice that it was changed', async () => {
    const { server } = system;
    const person = await server.registerStudent();
    await one(person.email);
    await server.post('/auth/password-resets', { email: person.email });
    const { mail } = await one(person.email);
    const token = /https:\/\/app\.example\.edu\/reset-password\?token=([\w-]+)/.exec(mail.text ?? '')?.[1];
    assert.ok(token, mail.text);
    const changed = await server.put(`/auth/password-resets/${token}`, { password: 'ash-and-elder-39' });
    assert.equal(changed.status, 204, changed.text);
    assert.equal((await one(person.email)).mail.subject, 'Your password was changed');
  });

  test('enrolled, completed, revoked: one mail each, in the reader’s language, and none once switched off', async () => {
    const { server } = system;
    const learner = await joinCourse(server, course, 'Zoë');
    await system.runMails();
    const subjects = system.takenFor(learner.email).map(({ mail }) => mail.subject ?? '');
    assert.deepEqual(subjects.toSorted(), [
      'Welcome to LMS Backend: confirm your address',
      'You are enrolled: Stars <b>&</b> Planets',
    ]);
    await server.patch('/me', { locale: 'de-AT' }, learner.token);
    await learn(server, course, learner);
    const certificate = await waitForCertificateMade(learner);
    const { mail, raw } = await one(learner.email);
    assert.equal(mail.subject, 'Ihr Zertifikat: Stars <b>&</b> Planets');
    assert.ok(mail.text?.includes(`https://learn.example.edu/verify/${certificate.number}`), mail.text);
    assert.ok(mail.text?.includes(`https://app.example.edu/certificates/${certificate.id}`), mail.text);
    assert.ok(String(mail.html).includes('Stars &lt;b&gt;&amp;&lt;/b&gt; Planets'));
    assert.match(raw, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
    assert.match(
      raw,
      /^List-Unsubscribe:(?:\r\n)? <https:\/\/learn\.example\.edu\/unsubscribe\/[\w-]{60,}>\r$/m,
    );

    await server.patch(
      '/me/notification-preferences',
      { certificateRevoked: { email: false } },
      learner.token,
    );
    const path = `/certificates/${certificate.id}/revocation`;
    await ok(server.post(path, { reason: 'By mistake' }, people.admin.token), 200);
    await system.runMails();
    assert.deepEqual(system.takenFor(learner.email), []);
    assert.deepEqual((await system.rows(learner.id)).at(-1), {
      kind: 'certificateRevoked',
      state: 'suppressed',
      error: 'not_wanted',
      attempts: 0,
    });
  });

  test('a reissue is told once, as a new certificate, and not as a revocation', async () => {
    const { server } = system;
    const learner = await joinCourse(server, course, 'Grace');
    await learn(server, course, learner);
    const certificate = await waitForCertificateMade(learner);
    await system.runMails();
    system.takenFor(learner.email);
    await ok(server.post(`/certificates/${certificate.id}/reissue`, {}, people.admin.token), 201);
    const { mail } = await one(learner.email);
    assert.match(mail.text ?? '', /replaces the earlier one/);
  });

  test('an essay that a person graded is told, with the points where the quiz shows them', async () => {
    const { server } = system;
    const { instructor } = people;
    const graded = await essayCourse('score');
    const learner = await joinCourse(server, graded.course, 'Rosa');
    await system.runMails();
    system.takenFor(learner.email);
    const { id, questionId } = await submitEssay(graded.quizId, learner.token);
    await system.runMails();
    assert.deepEqual(system.takenFor(learner.email), [], 'not by the submission');
    const grade = { grades: [{ questionId, points: 1.5, feedback: 'Good.' }] };
    await ok(server.put(`/attempts/${id}/grades`, grade, instructor.token), 200);
    const { mail } = await one(learner.email);
    assert.equal(mail.subject, 'Your answers were graded: Essay');
    assert.match(mail.text ?? '', /Points: 1\.5 of 2/);
    // The same grade again is no news.
    await ok(server.put(`/attempts/${id}/grades`, grade, instructor.token), 200);
    await system.runMails();
    assert.deepEqual(system.takenFor(learner.email), []);
  });

  test('Arabic runs from right to left', async () => {
    const { server } = system;
    const person = await server.registerStudent('Mira');
    await one(person.email);
    await server.patch('/me', { locale: 'ar' }, person.token);
    await server.post('/auth/email-verifications', { email: person.email });
    const { mail, raw } = await one(person.email);
    assert.match(String(mail.html), /<html lang="ar" dir="rtl">/);
    assert.match(String(mail.html), /text-align:right/);
    assert.doesNotMatch(String(mail.html), /text-align:left/);
    assert.match(raw, /^Content-Language: ar\r$/m);
  });

  test('a webhook that was switched off is told to the admins, by its host alone', async () => {
    const { server } = system;
    const { admin } = people;
    const url = 'https://hooks.example.com/in?secret=7f3a';
    const webhook = await ok(server.post('/webhooks', { url, events: ['*'] }, admin.token), 201);
    await mailWebhookDisabled(server.open.deps, { webhookId: webhook.id, reason: 'failing' }, 'test');
    const { mail } = await one(admin.email);
    assert.equal(mail.subject, 'A webhook was switched off');
    assert.match(mail.text ?? '', /Receiver: hooks\.example\.com\n/);
    assert.doesNotMatch(`${mail.text} ${String(mail.html)}`, /7f3a/);
  });

  test('no mail goes to the deactivated, nor to those without an address', async () => {
    const { server } = system;
    const person = await server.registerStudent();
    await system.runMails();
    system.takenFor(person.email);
    await ok(server.delete(`/users/${person.id}`, people.admin.token), 204);
    const { deps } = server.open;
    await queueMails(deps, [{ userId: person.id, kind: 'passwordChanged', cause: 'test', params: {} }]);
    const none = await ok(server.post('/users', { name: 'None', role: 'student' }, people.admin.token), 201);
    const enrolled = await server.post(
      `/courses/${course.id}/enrollments`,
      { userId: none.id },
      people.instructor.token,
    );
    assert.equal(enrolled.status, 201, enrolled.text);
    await system.runMails();
    assert.deepEqual(system.takenFor(person.email), []);
    assert.equal((await system.rows(person.id)).at(-1)?.error, 'deactivated');
    assert.deepEqual(
      (await system.rows(none.id)).map(({ state, error }) => [state, error]),
      [['suppressed', 'no_address']],
    );
  });

  test('one click unsubscribes, as a mail program posts it, without signing in; a GET changes nothing', async () => {
    const { server } = system;
    const person = await server.registerStudent();
    const { encryption } = server.open.deps;
    const token = makeUnsubscribeToken(encryption, { userId: person.id, kind: 'grade' });
    const isOn = async () =>
      (await server.get('/me/notification-preferences', person.token)).body.grade.email as boolean;
    const page = await fetch(`${server.address}/unsubscribe/${token}`);
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'.*form-action 'self'/);
    assert.ok(await isOn());
    const form = { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) };
    assert.equal((await fetch(`${server.address}/unsubscribe/${token}`, form)).status, 200);
    assert.ok(!(await isOn()));
    await server.patch('/me/notification-preferences', { grade: null }, person.token);
    const path = `${server.baseUrl}/mail/unsubscribe/${token}`;
    const data = new FormData();
    data.set('List-Unsubscribe', 'One-Click');
    for (const init of [form, { method: 'POST' }, { method: 'POST', body: data }]) {
      assert.equal((await fetch(path, init)).status, 204);
      assert.ok(!(await isOn()));
    }
    const forged = `${token.slice(0, -4)}${token.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
    for (const bad of [forged, 'x', 'a'.repeat(120)]) {
      assert.equal(
        (await fetch(`${server.baseUrl}/mail/unsubscribe/${bad}`, { method: 'POST' })).status,
        404,
      );
      assert.equal((await fetch(`${server.address}/unsubscribe/${bad}`)).status, 404);
    }
  });

  test('a reminder comes once for a stretch without activity, and not to those who went on or left', async () => {
    const { server } = system;
    const [idle, left] = [await joinCourse(server, course, 'Idle'), await joinCourse(server, course, 'Left')];
    await server.delete(`/enrollments/${left.enrollmentId}`, left.token);
    await system.runMails();
    for (const { email } of [idle, left]) system.takenFor(email);
    server.clock.advance({ days: 15 });
    await remindIdle(server.open.deps);
    await remindIdle(server.open.deps);
    const { mail } = await one(idle.email);
    assert.equal(mail.subject, 'Your course is waiting: Stars <b>&</b> Planets');
    assert.deepEqual(system.takenFor(left.email), []);
    server.clock.advance({ days: 15 });
    assert.equal(await remindIdle(server.open.deps), 0);
  });

  async function waitForCertificateMade(learner: Parameters<typeof waitForCertificate>[1]) {
    await system.server.runJobs();
    return waitForCertificate(system.server, learner);
  }

  async function essayCourse(showResults: string) {
    const { server } = system;
    const { token } = people.instructor;
    const made = await ok(
      server.post('/courses', { title: 'Writing', description: 'Of essays.', selfEnrollment: 'open' }, token),
      201,
    );
    const section = await ok(server.post(`/courses/${made.id}/sections`, { title: 'One' }, token), 201);
    const lesson = await ok(
      server.post(`/sections/${section.id}/lessons`, { title: 'Essay', type: 'quiz' }, token),
      201,
    );
    const quiz = await server.put(`/lessons/${lesson.id}/quiz`, { passingPercent: 100, showResults }, token);
    const question = { type: 'essay', prompt: 'Why?', points: 2 };
    await ok(server.post(`/quizzes/${quiz.body.id}/questions`, question, token), 201);
    await ok(server.post(`/courses/${made.id}/publication`, {}, token), 200);
    return { course: { ...course, id: String(made.id), title: 'Writing' }, quizId: String(quiz.body.id) };
  }

  async function submitEssay(quizId: string, token: string) {
    const { server } = system;
    const attempt = await ok(server.post(`/quizzes/${quizId}/attempts`, {}, token), 201);
    const questionId = String(attempt.questions[0].id);
    const answers = [{ questionId, response: 'Because.' }];
    await ok(server.post(`/attempts/${attempt.id}/submission`, { answers }, token), 200);
    return { id: String(attempt.id), questionId };
  }
});
