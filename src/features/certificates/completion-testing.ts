import type { Body, Person } from '#test/client.ts';
import type { TestServer } from '#test/server.ts';

export type Completion = { enrollmentId: string; learner: Person };

/** Enrolls a new learner in a published course of text lessons and completes it over HTTP. */
export async function completeCourse(
  server: TestServer,
  { course, lessons }: { course: Body; lessons: Body[] },
  learner: Person,
): Promise<Completion> {
  const enrollment = await server.post(`/courses/${course.id}/enrollments`, {}, learner.token);
  if (enrollment.status !== 201)
    throw new Error(`enrolling answered ${enrollment.status}: ${enrollment.text}`);
  for (const lesson of lessons) {
    const path = `/enrollments/${enrollment.body.id}/lessons/${lesson.id}/completion`;
    const answer = await server.put(path, {}, learner.token);
    if (answer.status !== 200) throw new Error(`completing answered ${answer.status}: ${answer.text}`);
  }
  return { enrollmentId: enrollment.body.id, learner };
}

/** Certificates of an enrollment as stored, with how many PDFs and which events they have. */
export async function storedCertificates(server: TestServer, enrollmentId: string) {
  const { db } = server.open.deps;
  const certificates = await db
    .selectFrom('certificate')
    .leftJoin('certificate_pdf', 'certificate_id', 'id')
    .select(['id', 'number', 'revoked_at', 'replaces_id', 'certificate_pdf.certificate_id as pdf'])
    .where('enrollment_id', '=', enrollmentId)
    .orderBy('issued_at')
    .orderBy('id')
    .execute();
  const facts = await db
    .selectFrom('event')
    .select(['type', 'data', 'actor_id'])
    .orderBy('sequence')
    .execute();
  const events = facts.filter(
    ({ type, data }) =>
      type.startsWith('certificate.') && (data as { enrollmentId?: string }).enrollmentId === enrollmentId,
  );
  return { certificates, events };
}
