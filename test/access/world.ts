import { inTransaction } from '#platform/db/transaction.ts';
import { object } from '#platform/http/schema.ts';
import { defineJob } from '#platform/jobs/definition.ts';
import type { Body } from '#test/client.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { uploadFile } from '#test/files.ts';
import { waitFor } from '#test/wait.ts';
import { makeFileThings, type FileThings } from './file-things.ts';
import { makeRoleThings, type RoleThings } from './role-things.ts';
import type { ForgedProvider } from '#test/sso/forged-provider.ts';
import { makeScimThings, type ScimThings } from './scim-things.ts';
import { makeSsoThings, type SsoThings } from './sso-things.ts';
import { must, type Makers } from './must.ts';
import { makeCallers, type Callers } from './people.ts';

export { must } from './must.ts';

export type CourseStatus = 'draft' | 'published' | 'archived';

/** A course with its staff, a text lesson, and one enrolled student. */
export type PlainCourse = {
  id: string;
  slug: string;
  sectionId: string;
  textLessonId: string;
  enrollmentId: string;
};

/** With a lesson of each type besides, a preview, and one that is not ready. */
export type FullCourse = PlainCourse &
  QuizThings & { videoLessonId: string; previewLessonId: string; unreadyLessonId: string };

type QuizThings = { quizLessonId: string; quizId: string; questionId: string };

/** The things that the table's lines are about. What a call uses up is made for it alone. */
export type World = {
  server: TestServer;
  people: Callers;
  published: FullCourse;
  draft: FullCourse;
  archived: PlainCourse;
  /** Which the student leaves, and comes back to. */
  left: PlainCourse;
  /** Which the student has left. */
  withdrawn: FullCourse;
  /** Attempts of the student's at the published course's quiz. */
  openAttemptId: string;
  submittedAttempt: { id: string; essayId: string };
  files: FileThings;
  roles: RoleThings;
  sso: SsoThings;
  scim: ScimThings;
  /** A checked file of the owner's. */
  imported: { id: string; taskId: string };
  /** Of a course that the student completed: one to read, one to be replaced and revoked. */
  certificate: { id: string; number: string; courseId: string };
  replacedCertificate: { id: string };
  /** Wants all events, so that each of them takes what it can; and a delivery to it. */
  webhook: { id: string; deliveryId: string };
};

/** Builds all of it over HTTP, as front ends do. */
export async function buildWorld(server: TestServer, provider: ForgedProvider): Promise<World> {
  const people = await makeCallers(server);
  const makers = { server, people };
  const webhook = await makeWebhook(makers);
  const [published, draft, withdrawn, archived, left, first, second] = await Promise.all([
    makeFullCourse(makers, 'published'),
    makeFullCourse(makers, 'draft'),
    makeFullCourse(makers, 'published'),
    makeCourse(makers, { status: 'archived' }),
    makeCourse(makers, { status: 'published' }),
    makeCourse(makers, { status: 'published' }),
    makeCourse(makers, { status: 'published' }),
  ]);
  await must(makers, 'student', 'DELETE', `/enrollments/${withdrawn.enrollmentId}`);
  const attempts = await makeAttempts(makers, published);
  for (const course of [first, second]) {
    await must(
      makers,
      'student',
      'PUT',
      `/enrollments/${course.enrollmentId}/lessons/${course.textLessonId}/completion`,
    );
  }
  const files = await makeFileThings(makers, { published, draft, withdrawn, left });
  const roles = await makeRoleThings(makers);
  const sso = await makeSsoThings(makers, provider);
  const scim = await makeScimThings(makers);
  const imported = await makeImport(makers, published);
  await plantFailingJobs(server);
  const [certificate, replacedCertificate] = await issueCertificates(makers, [first, second]);
  return {
    server,
    people,
    published,
    draft,
    archived,
    left,
    withdrawn,
    ...attempts,
    files,
    roles,
    sso,
    scim,
    imported,
    certificate,
    replacedCertificate,
    webhook,
  };
}

async function makeImport({ server, people }: Makers, course: PlainCourse): Promise<World['imported']> {
  const content = `email,course\n${people.stranger.email},${course.id}\nnobody@example.com,${course.id}\n`;
  const { id: fileId } = await uploadFile(server, people.owner, content, 'file.csv');
  const { id, dryRun } = await must({ server, people }, 'owner', 'POST', '/imports', {
    kind: 'enrollments',
    fileId,
  });
  return { id, taskId: dryRun.taskId };
}

async function makeWebhook(makers: Makers): Promise<World['webhook']> {
  const body = { url: 'https://hook.example.com/lms', events: ['*'] };
  const { id } = await must(makers, 'admin', 'POST', '/webhooks', body);
  const delivery = await must(makers, 'admin', 'POST', `/webhooks/${id}/test`);
  return { id, deliveryId: delivery.id };
}

export type CourseWish = { status: CourseStatus; selfEnrollment?: 'open' | 'closed' };

/** A new course of the owner's in this state. Its one lesson is all that the student has to learn. */
export async function makeCourse(
  makers: Makers,
  { status, selfEnrollment = 'open' }: CourseWish,
): Promise<PlainCourse> {
  const { people } = makers;
  const course = await must(makers, 'owner', 'POST', '/courses', {
    title: 'Bees of the Alps',
    description: 'What lives there.',
    selfEnrollment,
  });
  for (const role of ['coInstructor', 'assistant', 'observer'] as const) {
    await must(makers, 'owner', 'PUT', `/courses/${course.id}/staff/${people[role].id}`, { role });
  }
  const section = await must(makers, 'owner', 'POST', `/courses/${course.id}/sections`, { title: 'Flowers' });
  const textLessonId = await addLesson(makers, section.id, {
    title: 'Gentian',
    type: 'text',
    content: 'It is blue.',
  });
  await must(makers, 'owner', 'POST', `/courses/${course.id}/publication`);
  const body = { userId: people.student.id };
  const enrollment = await must(makers, 'owner', 'POST', `/courses/${course.id}/enrollments`, body);
  if (status === 'draft') await must(makers, 'owner', 'DELETE', `/courses/${course.id}/publication`);
  if (status === 'archived') await must(makers, 'owner', 'DELETE', `/courses/${course.id}`);
  return {
    id: course.id,
    slug: course.slug,
    sectionId: section.id,
    textLessonId,
    enrollmentId: enrollment.id,
  };
}

async function makeFullCourse(makers: Makers, status: 'draft' | 'published'): Promise<FullCourse> {
  const course = await makeCourse(makers, { status });
  const { sectionId } = course;
  const video = { type: 'video', videoUrl: 'https://example.com/flight.mp4', durationSeconds: 600 };
  const videoLessonId = await addLesson(makers, sectionId, { title: 'Flight', ...video });
  const preview = { type: 'text', content: 'Come in.', isPreview: true };
  const previewLessonId = await addLesson(makers, sectionId, { title: 'Welcome', ...preview });
  const unreadyLessonId = await addLesson(makers, sectionId, { title: 'Later', type: 'text' });
  const quiz = await makeQuiz(makers, sectionId);
  return { ...course, ...quiz, videoLessonId, previewLessonId, unreadyLessonId };
}

async function makeQuiz(makers: Makers, sectionId: string): Promise<QuizThings> {
  const quizLessonId = await addLesson(makers, sectionId, { title: 'Quiz', type: 'quiz' });
  const settings = { passingPercent: 100, showResults: 'score' };
  const { id: quizId } = await must(makers, 'owner', 'PUT', `/lessons/${quizLessonId}/quiz`, settings);
  const essay = { type: 'essay', prompt: 'Why do bees dance?', points: 2 };
  const { id: questionId } = await must(makers, 'owner', 'POST', `/quizzes/${quizId}/questions`, essay);
  return { quizLessonId, quizId, questionId };
}

async function makeAttempts(makers: Makers, { quizId }: QuizThings) {
  const submitted = await must(makers, 'student', 'POST', `/quizzes/${quizId}/attempts`);
  const essayId = submitted.questions[0].id as string;
  const answers = [{ questionId: essayId, response: 'To tell the way.' }];
  await must(makers, 'student', 'POST', `/attempts/${submitted.id}/submission`, { answers });
  const open = await must(makers, 'student', 'POST', `/quizzes/${quizId}/attempts`);
  return { openAttemptId: open.id as string, submittedAttempt: { id: submitted.id as string, essayId } };
}

/** Jobs of a kind that no worker knows: each fails at once, for good. */
async function plantFailingJobs({ open: { deps } }: TestServer): Promise<void> {
  const definition = defineJob({ name: 'planted.unknown', queue: 'emails', payload: object({}) });
  const jobs = Array.from({ length: 20 }, () => ({ definition, payload: {} }));
  await inTransaction(deps.db, (tx) => deps.jobs.enqueueAll(tx, jobs));
}

/** The student's certificates of these courses, once a worker has made them. */
async function issueCertificates(makers: Makers, courses: readonly [PlainCourse, PlainCourse]) {
  const databaseUrl = makers.server.open.deps.config.databaseUrl ?? '';
  const listed = async (): Promise<Body[]> =>
    (await must(makers, 'student', 'GET', '/me/certificates')).items;
  // A server that ends again: jobs that went on running would be counted among a request's statements.
  const worker = await startTestServer({ databaseUrl });
  try {
    await worker.runJobs();
    await waitFor('both certificates are issued', async () => (await listed()).length === courses.length);
  } finally {
    await worker.stop();
  }
  const certificates = await listed();
  return courses.map(({ id }) => {
    const certificate = certificates.find((each) => each.courseId === id);
    if (!certificate) throw new Error('a completion has no certificate');
    return { id: certificate.id as string, number: certificate.number as string, courseId: id };
  }) as [World['certificate'], World['certificate']];
}

async function addLesson(makers: Makers, sectionId: string, body: object): Promise<string> {
  return (await must(makers, 'owner', 'POST', `/sections/${sectionId}/lessons`, body)).id;
}

/** A lesson of its own in the course, ready and not required, so that it can be taken away again. */
export async function makeSpareLesson(makers: Makers, { sectionId }: PlainCourse): Promise<string> {
  return addLesson(makers, sectionId, { title: 'Spare', type: 'text', content: 'More.', isRequired: false });
}
