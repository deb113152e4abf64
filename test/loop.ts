import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Answer, Body, Client } from './client.ts';
import { waitFor } from './wait.ts';

/** A published course of one section: a text, a video of 10 s and a quiz, with what is needed to pass it. */
export type LoopCourse = {
  id: string;
  slug: string;
  title: string;
  textId: string;
  videoId: string;
  quizLessonId: string;
  quizId: string;
  /** Right responses by the question's prompt. */
  responses: Record<string, unknown>;
};

export type Learner = { id: string; name: string; email: string; token: string; enrollmentId: string };
export type Certificate = {
  id: string;
  number: string;
  verifyUrl: string;
  learnerName: string;
  courseTitle: string;
};

const questions = [
  {
    type: 'single',
    prompt: 'Which planet is nearest to the Sun?',
    points: 1,
    options: [
      { text: 'Mercury', isCorrect: true },
      { text: 'Venus', isCorrect: false },
    ],
  },
  {
    type: 'multiple',
    prompt: 'Which of these are stars?',
    points: 2,
    scoring: 'partial',
    options: [
      { text: 'Vega', isCorrect: true },
      { text: 'Sirius', isCorrect: true },
      { text: 'Mars', isCorrect: false },
    ],
  },
  { type: 'trueFalse', prompt: 'The Moon shines by reflected light.', points: 1, answer: true },
  {
    type: 'shortText',
    prompt: 'What is our galaxy called?',
    points: 1,
    answers: ['Milky Way', 'The Milky Way'],
  },
  {
    type: 'numeric',
    prompt: 'How many minutes does sunlight travel to us?',
    points: 1,
    answer: 8.3,
    tolerance: 0.2,
  },
];
const rightTexts: Record<string, string[]> = { single: ['Mercury'], multiple: ['Vega', 'Sirius'] };

/** An instructor builds a course and publishes it. Each step is asserted. */
export async function buildCourse(api: Client, token: string, title: string): Promise<LoopCourse> {
  const course = await ok(
    api.post(
      '/courses',
      {
        title,
        description: '# About\n\nWhat you will **learn**.',
        language: 'en',
        category: 'science',
        visibility: 'listed',
        selfEnrollment: 'open',
      },
      token,
    ),
    201,
  );
  assert.equal(course.status, 'draft');
  const refused = await api.post(`/courses/${course.id}/publication`, undefined, token);
  assert.equal(refused.status, 409, refused.text);
  assert.ok(refused.body.errors.length > 0, 'publishing says what is missing');
  const section = await ok(
    api.post(`/courses/${course.id}/sections`, { title: 'The only section' }, token),
    201,
  );
  const lesson = (body: object) => ok(api.post(`/sections/${section.id}/lessons`, body, token), 201);
  const text = await lesson({ title: 'Read', type: 'text', content: 'Some *text* to read.' });
  const video = await lesson({
    title: 'Watch',
    type: 'video',
    videoUrl: 'https://videos.example.com/1.mp4',
    durationSeconds: 10,
  });
  const quizLesson = await lesson({ title: 'Show', type: 'quiz' });
  const settings = {
    passingPercent: 70,
    maxAttempts: 3,
    timeLimitSeconds: 600,
    shuffleQuestions: true,
    showResults: 'afterSubmission',
  };
  const quiz = await ok(api.put(`/lessons/${quizLesson.id}/quiz`, settings, token), 200);
  for (const question of questions) await ok(api.post(`/quizzes/${quiz.id}/questions`, question, token), 201);
  await ok(api.post(`/courses/${course.id}/publication`, undefined, token));
  const responses = Object.fromEntries(questions.map(({ prompt, ...rest }) => [prompt, rightResponse(rest)]));
  return {
    id: course.id,
    slug: course.slug,
    title,
    textId: text.id,
    videoId: video.id,
    quizLessonId: quizLesson.id,
    quizId: quiz.id,
    responses,
  };
}

/** A student registers, finds the course, and enrolls in it. */
export async function joinCourse(api: Client, course: LoopCourse, name: string): Promise<Learner> {
  const email = `${randomBytes(6).toString('hex')}@example.com`;
  const account = await ok(api.post('/auth/register', { email, password: 'a-long-pass-phrase', name }), 201);
  const token = account.accessToken as string;
  const word = course.title.split(' ')[0] ?? course.title;
  const found = await ok(api.get(`/courses?q=${encodeURIComponent(word)}`, token), 200);
  assert.ok(
    found.items.some((item: Body) => item.id === course.id),
    `${word} finds ${course.title}`,
  );
  const closed = await api.get(`/lessons/${course.textId}`, token);
  assert.equal(closed.status, 403, 'content is for the enrolled');
  const enrollment = await ok(api.post(`/courses/${course.id}/enrollments`, {}, token), 201);
  assert.equal((await ok(api.post(`/courses/${course.id}/enrollments`, {}, token), 200)).id, enrollment.id);
  return { id: account.user.id, name, email, token, enrollmentId: enrollment.id };
}

/** They learn, pass and complete. */
export async function learn(api: Client, course: LoopCourse, learner: Learner): Promise<void> {
  const { token, enrollmentId } = learner;
  const progressOf = (lessonId: string) => `/enrollments/${enrollmentId}/lessons/${lessonId}`;
  const lesson = await ok(api.get(`/lessons/${course.textId}`, token), 200);
  assert.match(lesson.contentHtml, /<em>text<\/em>/);
  await ok(api.put(`${progressOf(course.textId)}/completion`, undefined, token), 200);
  const early = await api.put(`${progressOf(course.videoId)}/completion`, undefined, token);
  assert.equal(early.body.code, 'completion_not_reached');
  const watched = await ok(
    api.put(`${progressOf(course.videoId)}/progress`, { positionSeconds: 10, watched: [[0, 10]] }, token),
    200,
  );
  assert.equal(watched.status, 'completed', JSON.stringify(watched));
  const missing = await ok(api.get(`/enrollments/${enrollmentId}/progress`, token), 200);
  assert.equal(missing.progressPercent, 66);
  assert.ok(missing.lessons.find((each: Body) => each.lessonId === course.quizLessonId).missing.length > 0);
  await passQuiz(api, course, learner);
  const enrollment = await ok(api.get(`/enrollments/${enrollmentId}`, token), 200);
  assert.equal(enrollment.status, 'completed');
  assert.equal(enrollment.progressPercent, 100);
}

async function passQuiz(api: Client, course: LoopCourse, { token }: Learner): Promise<void> {
  const attempt = await ok(api.post(`/quizzes/${course.quizId}/attempts`, {}, token), 201);
  assert.ok(!JSON.stringify(attempt).includes('isCorrect'), 'no answer leaves before submission');
  const answers = attempt.questions.map((question: Body) => ({
    questionId: question.id,
    response: responseTo(question, course.responses[question.prompt]),
  }));
  await ok(api.put(`/attempts/${attempt.id}/answers`, { answers }, token), 200);
  const submitted = await ok(api.post(`/attempts/${attempt.id}/submission`, {}, token), 200);
  assert.equal(submitted.passed, true, JSON.stringify(submitted));
  assert.equal(submitted.percent, 100);
}

/** Waits for the certificate that follows a completion. */
export async function waitForCertificate(
  api: Client,
  { token, name }: Learner,
  timeoutMs = 20_000,
): Promise<Certificate> {
  let items: Certificate[] = [];
  await waitFor(
    `a certificate for ${name}`,
    async () => {
      items = (await ok(api.get('/me/certificates', token), 200)).items as Certificate[];
      return items.length > 0;
    },
    timeoutMs,
  );
  assert.equal(items.length, 1);
  return items[0] as Certificate;
}

/**
 * The answer's body; throws where the status is another. A repeated request may find done what it asks for:
 * 200 is then as good as 201.
 */
export async function ok(pending: Promise<Answer>, status?: number): Promise<Body> {
  const answer = await pending;
  const isRight = status === undefined ? answer.status < 300 : answer.status === status;
  const isDoneBefore = answer.isRepeated === true && status === 201 && answer.status === 200;
  if (!isRight && !isDoneBefore)
    throw new Error(`expected ${status ?? '2xx'}, got ${answer.status}: ${answer.text}`);
  return answer.body;
}

function rightResponse(question: { type: string; answer?: unknown; answers?: string[] }): unknown {
  return rightTexts[question.type] ?? question.answers?.[0] ?? question.answer;
}

// Options are known by their text until the attempt gives them ids.
export function responseTo(question: Body, right: unknown): unknown {
  if (!question.options) return right;
  const ids = (right as string[]).map(
    (text) => question.options.find((option: Body) => option.text === text).id,
  );
  return question.type === 'single' ? ids[0] : ids;
}
