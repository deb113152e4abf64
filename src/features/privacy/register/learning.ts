import { because, staying, staysFor, withAccount, type Entry } from './entry.ts';
import { titleOfCourse } from './titles.ts';

// What of an attempt is shown to who took it: features/assessments/policy.ts, by the quiz's `showResults`. The score itself is
// given in any case, as every result of an examination.
function whereShown(column: string): string {
  return `case when exists (
    select from attempt join quiz on quiz.id = attempt.quiz_id
    where attempt.id = attempt_answer.attempt_id and attempt.status <> 'inProgress' and (
      quiz.show_results = 'afterSubmission' or (quiz.show_results = 'afterPass' and attempt.passed))
  ) then ${column} end`;
}

/** Questions with their options, without what is right. */
const asTheyWereAsked = `(
  select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
    'id', q -> 'id', 'type', q -> 'type', 'prompt', q -> 'prompt', 'points', q -> 'points',
    'options', (
      select jsonb_agg(jsonb_build_object('id', o -> 'id', 'text', o -> 'text')) from jsonb_array_elements(q -> 'options') as o)
  ))) from jsonb_array_elements(questions) as q)`;

/** What people learn, and what they hold for it. */
export const ofLearning: readonly Entry[] = [
  {
    table: 'review',
    of: 'user_id = $person',
    purpose: 'what they think of a course',
    personal: { rating: 'stars', text: 'in their words' },
    other: ['enrollment_id', 'user_id', 'course_id', 'created_at', 'updated_at'],
    erasure: { set: { text: 'null' } },
    stays: staying(staysFor.results, 'rating'),
    exported: { by: ['enrollment_id'], as: { course_title: titleOfCourse('review') } },
    kept: withAccount,
  },
  {
    table: 'attempt_answer',
    of: 'attempt_id in (select id from attempt where user_id = $person)',
    purpose: 'answers in quizzes',
    personal: {
      response: 'what they answered',
      feedback: 'what was said to it',
      points: 'what it was worth',
      is_correct: 'whether it was right',
    },
    other: ['attempt_id', 'question_id', 'revision', 'graded_by', 'updated_at'],
    erasure: { set: { response: 'null', feedback: 'null' } },
    stays: staying(staysFor.results, 'points', 'is_correct'),
    exported: {
      by: ['attempt_id', 'question_id'],
      without: { graded_by: because.another },
      as: { points: whereShown('points'), is_correct: whereShown('is_correct') },
    },
    kept: withAccount,
  },
  {
    table: 'attempt',
    of: 'user_id = $person',
    purpose: 'attempts at quizzes',
    personal: {
      score: 'points',
      percent: 'points',
      passed: 'whether they passed',
      started_at: 'when',
      submitted_at: 'when',
    },
    other: [
      'id',
      'user_id',
      'enrollment_id',
      'course_id',
      'lesson_id',
      'quiz_id',
      'number',
      'status',
      'seed',
      'questions',
      'max_score',
      'passing_percent',
      'expires_at',
      'graded_at',
      'submitted_by',
      'updated_at',
    ],
    erasure: 'keep',
    stays: staying(staysFor.results, 'score', 'percent', 'passed', 'started_at', 'submitted_at'),
    exported: {
      by: ['id'],
      without: { seed: because.ofCourse },
      as: { questions: asTheyWereAsked, lesson_title: '(select title from lesson where id = lesson_id)' },
    },
    kept: withAccount,
  },
  {
    table: 'lesson_progress',
    of: 'enrollment_id in (select id from enrollment where user_id = $person)',
    purpose: 'how far they came in each lesson',
    personal: {
      position_seconds: 'where they are in it',
      watched: 'what they watched',
      seconds_spent: 'how long',
      seconds_watched: 'how long',
      first_seen_at: 'when they began',
      completed_at: 'when they finished',
    },
    other: ['enrollment_id', 'lesson_id', 'position_at', 'news_sequence', 'touched_session', 'updated_at'],
    erasure: { set: { touched_session: 'null' } },
    stays: staying(
      staysFor.results,
      'position_seconds',
      'watched',
      'seconds_spent',
      'seconds_watched',
      'first_seen_at',
      'completed_at',
    ),
    exported: {
      by: ['enrollment_id', 'lesson_id'],
      as: { lesson_title: '(select title from lesson where id = lesson_id)' },
    },
    kept: withAccount,
  },
  {
    table: 'enrollment',
    of: 'user_id = $person',
    purpose: 'courses that they take',
    personal: {
      course_id: 'which course',
      status: 'how it stands',
      progress_percent: 'how far',
      completed_at: 'when they finished',
      last_activity_at: 'when they were last there',
    },
    other: [
      'id',
      'user_id',
      'is_current',
      'withdrawn_at',
      'withdrawn_by',
      'news_sequence',
      'created_at',
      'updated_at',
    ],
    erasure: 'keep',
    stays: staying(
      staysFor.results,
      'course_id',
      'status',
      'progress_percent',
      'completed_at',
      'last_activity_at',
    ),
    exported: {
      by: ['created_at', 'id'],
      without: { withdrawn_by: because.another },
      as: { course_title: titleOfCourse('enrollment') },
    },
    kept: withAccount,
  },
  {
    table: 'certificate_pdf',
    of: 'certificate_id in (select id from certificate where user_id = $person and learner_name is null)',
    purpose: 'certificates as documents',
    personal: { content: 'the document, with their name', storage_key: 'where it is kept' },
    other: ['certificate_id', 'sha256', 'size_bytes'],
    erasure: 'delete',
    exported: { none: 'the documents themselves are in the folder certificates' },
    note: 'With the bytes, and only where the name is not kept',
    kept: 'as long as the certificate',
  },
  {
    table: 'certificate',
    of: 'user_id = $person',
    purpose: 'what they completed, to be verified by anybody who has the number',
    personal: {
      learner_name: 'their name when it was issued',
      course_title: 'what they completed',
      completed_at: 'when',
      number: 'by which it is verified',
      revocation_reason: 'why it was revoked',
    },
    other: [
      'id',
      'enrollment_id',
      'user_id',
      'course_id',
      'language',
      'issuer',
      'issued_at',
      'expires_at',
      'revoked_at',
      'replaces_id',
    ],
    // The name is taken before, since the documents follow from it.
    erasure: {
      set: { revocation_reason: `case when revoked_at is not null then 'The person was erased.' end` },
    },
    stays: {
      learner_name: 'where they want it kept, else emptied',
      ...staying(staysFor.verifying, 'course_title', 'completed_at', 'number'),
    },
    exported: { by: ['id'] },
    kept: 'without end: a certificate is verified for as long as somebody holds it',
  },
];
