import {
  importEnrollments,
  type EnrollmentOutcome,
  type EnrollmentToImport,
} from '#features/enrollments/commands/import-enrollments.ts';
import type { Reason } from '#platform/errors.ts';
import type { CsvRow } from '../csv/read-rows.ts';
import type { ChunkImport, RowOutcome } from './import-chunk.ts';

type Checked = { line: number; row: EnrollmentToImport } | { line: number; errors: Reason[] };

const maxLength = 300;
/** Which reasons are about the person; the others are about the course. */
const aboutPerson = new Set(['account_deactivated', 'email_not_verified', 'already_staff']);

/** Rows about who takes which course. */
export const importEnrollmentRows: ChunkImport = async (deps, tx, { actor, isDryRun, rows }) => {
  const checked = rows.map(checkRow);
  const told = checked.flatMap((each) => ('row' in each ? [each.row] : []));
  const outcomes = await importEnrollments(deps, tx, { actor, isDryRun, rows: told });
  let at = 0;
  return checked.map((each) => rowOf(each, 'row' in each ? outcomes[at++] : undefined));
};

function checkRow({ line, problem, cells: { email, course } }: CsvRow): Checked {
  if (problem) return { line, errors: [problem] };
  if (email === undefined || course === undefined) {
    const path = email === undefined ? 'email' : 'course';
    return { line, errors: [{ path, code: 'required', message: 'This field is required.' }] };
  }
  if (email.length > maxLength || course.length > maxLength) {
    const path = email.length > maxLength ? 'email' : 'course';
    const message = `It must have at most ${maxLength} characters.`;
    return { line, errors: [{ path, code: 'max_length', params: { limit: maxLength }, message }] };
  }
  return { line, row: { email, course } };
}

function rowOf(each: Checked, outcome: EnrollmentOutcome | undefined): RowOutcome {
  const row = { line: each.line, errors: [], userId: null, enrollmentId: null };
  if (!outcome) return { ...row, status: 'failed', errors: 'errors' in each ? each.errors : [] };
  if (outcome.status === 'failed') return { ...row, status: 'failed', errors: [reasonOf(outcome.refusal)] };
  const { status, userId, enrollmentId } = outcome;
  return { ...row, status, userId, enrollmentId };
}

function reasonOf({ code, message }: { code: string; message: string }): Reason {
  if (code === 'not_found' && message.startsWith('User'))
    return { path: 'email', code: 'person_not_found', message: 'Nobody here has this address.' };
  if (code === 'not_found') return { path: 'course', code: 'course_not_found', message };
  return { path: aboutPerson.has(code) ? 'email' : 'course', code, message };
}
