import { runSql, type Db } from '#platform/db/database.ts';

/** Each fact of a table has been announced by exactly one event, which names it by these keys. */
export function announcedOnce(
  type: string,
  table: string,
  keys: Record<string, string>,
  which = 'true',
): string {
  const names = Object.entries(keys)
    .map(([key, column]) => `v.data ->> '${key}' = t.${column}::text`)
    .join(' and ');
  const columns = Object.values(keys)
    .map((column) => `t.${column}`)
    .join(', ');
  return `select ${columns} from ${table} t left join event v on v.type = '${type}' and ${names}
    where ${which} group by ${columns} having count(v.id) <> 1`;
}

/** No event tells of what is not there. */
function announcedTrue(type: string, table: string, keys: Record<string, string>, which = 'true'): string {
  const names = Object.entries(keys)
    .map(([key, column]) => `v.data ->> '${key}' = t.${column}::text`)
    .join(' and ');
  return `select v.data from event v where v.type = '${type}' and not exists (
    select from ${table} t where ${names} and ${which})`;
}

const lessonKeys = { enrollmentId: 'enrollment_id', lessonId: 'lesson_id' };
const enrollmentKeys = { enrollmentId: 'id' };
const attemptKeys = { attemptId: 'id' };
const certificateKeys = { certificateId: 'id' };

/**
 * What is true of the database at every moment, since what belongs together is written in one transaction. Each statement
 * lists the rows that break it. What jobs bring about later is not among it.
 */
export const consistencyChecks: Readonly<Record<string, string>> = {
  'no certificate without a completion': `
    select c.id from certificate c join enrollment e on e.id = c.enrollment_id where e.completed_at is null`,
  'each account was announced once': announcedOnce('user.registered', 'app_user', { userId: 'id' }),
  'each enrollment was announced once': announcedOnce('enrollment.created', 'enrollment', enrollmentKeys),
  'each completion was announced once': announcedOnce(
    'enrollment.completed',
    'enrollment',
    enrollmentKeys,
    't.completed_at is not null',
  ),
  'each completed lesson was announced once': announcedOnce(
    'lesson.completed',
    'lesson_progress',
    lessonKeys,
    't.completed_at is not null',
  ),
  'each submitted attempt was announced once': announcedOnce(
    'quiz.submitted',
    'attempt',
    attemptKeys,
    't.submitted_at is not null',
  ),
  'each revocation was announced once': announcedOnce(
    'certificate.revoked',
    'certificate',
    certificateKeys,
    't.revoked_at is not null',
  ),
  'an account that was announced is there': announcedTrue('user.registered', 'app_user', { userId: 'id' }),
  'an enrollment that was announced is there': announcedTrue(
    'enrollment.created',
    'enrollment',
    enrollmentKeys,
  ),
  'a completion that was announced is there': announcedTrue(
    'enrollment.completed',
    'enrollment',
    enrollmentKeys,
    't.completed_at is not null',
  ),
  'a completed lesson that was announced is there': announcedTrue(
    'lesson.completed',
    'lesson_progress',
    lessonKeys,
    't.completed_at is not null',
  ),
  'a submitted attempt that was announced is there': announcedTrue(
    'quiz.submitted',
    'attempt',
    attemptKeys,
    't.submitted_at is not null',
  ),
  'a graded attempt that was announced is there': announcedTrue(
    'quiz.graded',
    'attempt',
    attemptKeys,
    "t.status = 'graded'",
  ),
  'a certificate that was announced is there': announcedTrue(
    'certificate.issued',
    'certificate',
    certificateKeys,
  ),
  'a graded attempt has points for each question': `
    select a.id from attempt a join attempt_answer w on w.attempt_id = a.id
    where a.status = 'graded' group by a.id having count(*) <> count(w.points)`,
};

/** What must hold of a restored database and the files beside it, named in the table `archived_file`. */
const restoredChecks: Readonly<Record<string, string>> = {
  'every file has the bytes that it had': `
    select f.id from file f left join archived_file a on a.key = f.store_key
    where a.key is null or a.sha256 <> f.sha256 or a.size_bytes <> f.size_bytes`,
  'every stored certificate has the bytes that it had': `
    select p.certificate_id from certificate_pdf p left join archived_file a on a.key = p.storage_key
    where p.storage_key is not null and (a.key is null or a.sha256 <> p.sha256)`,
  'every picture has its bytes': `
    select p.id from picture p where not exists (
      select from archived_file a where a.key like 'pictures/%' and substr(a.key, 10, 36) = p.id::text)`,
  'no event is hidden from readers of the feed': `
    select id from event where transaction_id >= pg_snapshot_xmin(pg_current_snapshot())`,
  'the next event comes behind all others': `
    select from event_sequence_seq s where s.last_value < (select max(sequence) from event)`,
};

export type Broken = { check: string; rows: number };

/** Makes the table that files are looked up in. It lasts as long as the one connection of `db`. */
export async function createArchivedFiles(db: Db): Promise<void> {
  await runSql(
    db,
    'create temp table archived_file (key text primary key, size_bytes bigint not null, sha256 bytea not null)',
  );
}

export async function insertArchivedFiles(
  db: Db,
  files: readonly { key: string; sizeBytes: number; sha256: string }[],
): Promise<void> {
  await runSql(
    db,
    `insert into archived_file select key, "sizeBytes", decode(sha256, 'hex')
     from json_to_recordset($1::json) as f (key text, "sizeBytes" bigint, sha256 text)`,
    [JSON.stringify(files)],
  );
}

/** Runs all checks; answers those that do not hold. */
export async function findBroken(db: Db): Promise<Broken[]> {
  const broken: Broken[] = [];
  for (const [check, statement] of Object.entries({ ...consistencyChecks, ...restoredChecks })) {
    const [row] = await runSql<{ rows: number }>(db, `select count(*) as rows from (${statement}) as broken`);
    if (row && row.rows > 0) broken.push({ check, rows: row.rows });
  }
  return broken;
}
