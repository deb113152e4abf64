import type { Actor } from '#platform/auth/actor.ts';
import { emailKeyOf } from '#platform/auth/email-key.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound, type AppError } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { enrollmentCreated, enrollmentResumed } from '../events.ts';
import { refusalOfEnrolling } from '../policy.ts';
import { resumeEnrollment } from '../queries/enrolling.ts';
import { insertEnrollments, listEnrolling } from '../queries/importing.ts';
import { enrollingOf } from './enroll.ts';

/** Whom to enroll in what; `course`: its id, or an address that it has or had. */
export type EnrollmentToImport = { email: string; course: string };

type Failed = { status: 'failed'; refusal: AppError };
type Done<Id> = { status: 'created' | 'updated' | 'unchanged'; userId: string; enrollmentId: Id };
/** `enrollmentId` null: a dry run has not made it. */
export type EnrollmentOutcome = Done<string | null> | Failed;

type Planned = {
  outcome: Done<string> | Failed;
  courseId?: string;
  withdrawnBy?: 'learner' | 'staff' | null;
};
type Importing = { actor: Actor; isDryRun: boolean; rows: readonly EnrollmentToImport[] };

/**
 * Enrolls people by their addresses, each once in a course, in the caller's transaction, as `enroll` does one; tells of
 * each in their order. A dry run changes nothing.
 */
export async function importEnrollments(
  deps: Deps,
  tx: Tx,
  { actor, isDryRun, rows }: Importing,
): Promise<EnrollmentOutcome[]> {
  const named = rows.map(({ email, course }) => ({ emailKey: emailKeyOf(email), course }));
  const found = await listEnrolling(tx, actor.userId, named);
  const planned = withoutRepeated(found.map((row) => plan(actor, row)));
  if (!isDryRun) {
    await write(deps, tx, actor, planned);
    return planned.map(({ outcome }) => outcome);
  }
  const unmade = new Set(
    planned.map(({ outcome }) => (outcome.status === 'created' ? outcome.enrollmentId : '')),
  );
  return planned.map(({ outcome }) =>
    outcome.status === 'failed' || !unmade.has(outcome.enrollmentId)
      ? outcome
      : { ...outcome, enrollmentId: null },
  );
}

function plan(
  actor: Actor,
  { course_id: courseId, ...row }: Awaited<ReturnType<typeof listEnrolling>>[number],
): Planned {
  if (courseId === null) return failed(notFound('Course'));
  const refusal = refusalOfEnrolling(actor, enrollingOf({ ...row, course_id: courseId }, true));
  if (refusal) return failed(refusal);
  const userId = row.learner_id ?? actor.userId;
  if (row.current_id === null)
    return { courseId, outcome: { status: 'created', userId, enrollmentId: newId() } };
  const enrollmentId = row.current_id;
  if (row.withdrawn_by === null) return { courseId, outcome: { status: 'unchanged', userId, enrollmentId } };
  return { courseId, withdrawnBy: row.withdrawn_by, outcome: { status: 'updated', userId, enrollmentId } };
}

// A course has several names: the second of two rows that come to the same is done by the first.
function withoutRepeated(planned: readonly Planned[]): Planned[] {
  const first = new Map<string, string>();
  return planned.map((each) => {
    const { outcome, courseId } = each;
    if (outcome.status === 'failed') return each;
    const key = `${courseId} ${outcome.userId}`;
    const enrollmentId = first.get(key);
    if (enrollmentId !== undefined)
      return { ...each, outcome: { ...outcome, status: 'unchanged', enrollmentId } };
    first.set(key, outcome.enrollmentId);
    return each;
  });
}

async function write(deps: Deps, tx: Tx, actor: Actor, planned: readonly Planned[]): Promise<void> {
  const now = deps.clock.now();
  const done = planned.flatMap(({ outcome, courseId, withdrawnBy }) =>
    outcome.status === 'failed' || courseId === undefined ? [] : [{ ...outcome, courseId, withdrawnBy }],
  );
  const created = done.filter(({ status }) => status === 'created');
  const resumed = done.filter(({ status }) => status === 'updated');
  const made = await insertEnrollments(
    tx,
    created.map(({ enrollmentId, courseId, userId }) => ({ id: enrollmentId, courseId, userId })),
    now,
  );
  let isAsPlanned = made === created.length;
  for (const { enrollmentId, withdrawnBy } of resumed)
    isAsPlanned &&= await resumeEnrollment(tx, enrollmentId, withdrawnBy ?? 'learner', now);
  // Undone with the transaction; the next try finds what the other made of it.
  if (!isAsPlanned) throw new Error('Somebody else changed an enrollment of the file at the same time.');
  await deps.audit.record(
    tx,
    ...[...created, ...resumed].map(({ status, enrollmentId, courseId, userId }) => ({
      action: status === 'created' ? ('enrollment.created' as const) : ('enrollment.resumed' as const),
      by: { userId: actor.userId },
      targetId: enrollmentId,
      personId: userId,
      courseId,
    })),
  );
  const factsOf = (definition: typeof enrollmentCreated, these: typeof done) =>
    these.map(({ enrollmentId, courseId, userId }) =>
      fact(definition, actor.userId, now, { enrollmentId, courseId, userId }),
    );
  await deps.events.publish(
    tx,
    ...factsOf(enrollmentCreated, created),
    ...factsOf(enrollmentResumed, resumed),
  );
}

function failed(refusal: AppError): Planned {
  return { outcome: { status: 'failed', refusal } };
}
