import { queueNames } from '#platform/jobs/definition.ts';
import { labelled, type Figure } from './figure.ts';
import type { Backlog } from './queries/backlog.ts';
import type { Count } from './queries/figures.ts';
import { liveStates } from './queries/jobs.ts';
import type { QueueRow } from './queries/queues.ts';

const countFigures = [
  ['lms_users', 'Active accounts by role.', 'users', 'role', ['admin', 'instructor', 'student']],
  ['lms_courses', 'Courses by status.', 'courses', 'status', ['draft', 'published', 'archived']],
  [
    'lms_enrollments',
    'Enrollments by status.',
    'enrollments',
    'status',
    ['active', 'completed', 'withdrawn'],
  ],
  ['lms_certificates', 'Certificates by state.', 'certificates', 'state', ['valid', 'revoked', 'expired']],
  [
    'lms_learners_active',
    'Learners with activity in a course within the period.',
    'learnersActive',
    'period',
    ['15m', '1d'],
  ],
] as const;

export const queueFigures: readonly Figure<QueueRow[]>[] = [
  {
    name: 'lms_jobs',
    help: 'Jobs that are not completed, by queue and state.',
    labels: ['queue', 'state'],
    samples: (queues) =>
      queueNames.flatMap((queue) =>
        liveStates.map((state) => ({
          labels: { queue, state },
          value: queueIn(queues, queue)?.counts[state] ?? 0,
        })),
      ),
  },
  {
    name: 'lms_job_oldest_ready_seconds',
    help: 'How long the oldest job that is due has waited.',
    labels: ['queue'],
    samples: (queues) =>
      queueNames.map((queue) => ({
        labels: { queue },
        value: queueIn(queues, queue)?.oldestReadySeconds ?? 0,
      })),
  },
];

export const businessFigures: readonly Figure<Count[]>[] = makeBusinessFigures();

function makeBusinessFigures(): Figure<Count[]>[] {
  const byLabel = countFigures.map(([name, help, figure, label, values]) => ({
    name,
    help,
    labels: [label],
    samples: (counts: Count[]) =>
      values.map((value) => ({ labels: { [label]: value }, value: countIn(counts, figure, value) })),
  }));
  const single = (name: string, help: string, figure: Count['figure']) => ({
    name,
    help,
    samples: (counts: Count[]) => [{ value: countIn(counts, figure, '') }],
  });
  return [
    ...byLabel,
    single('lms_attempts_needing_grading', 'Attempts that wait for a grader.', 'attemptsNeedingGrading'),
    single(
      'lms_certificates_awaited',
      'Completions of the last 30 days that have waited for their certificate for more than 10 minutes.',
      'certificatesAwaited',
    ),
  ];
}

export const backlogFigures: readonly Figure<Backlog>[] = [
  {
    name: 'lms_webhooks',
    help: 'Endpoints by state: active, failing (still sent to), disabled after failures.',
    labels: ['state'],
    samples: ({ webhooks }) => labelled('state', webhooks),
  },
  of('lms_webhook_deliveries_waiting', 'Events that are to be sent, now or later.', 'deliveriesWaiting'),
  of(
    'lms_webhook_oldest_due_seconds',
    'How long the oldest event that is due has waited, of endpoints that do not fail.',
    'oldestDueDeliverySeconds',
  ),
  {
    name: 'lms_mails',
    help: 'Mails by state: waiting (also for another try), failed for good, bounced.',
    labels: ['state'],
    samples: ({ mailsWaiting, mailsFailed, mailsBounced }) =>
      labelled('state', { waiting: mailsWaiting, failed: mailsFailed, bounced: mailsBounced }),
  },
  of(
    'lms_mail_oldest_waiting_seconds',
    'How long ago the oldest unsent mail was written.',
    'oldestWaitingMailSeconds',
  ),
  {
    name: 'lms_progress_differences',
    help: 'Enrollments that the last nightly check found to differ from their rows.',
    samples: ({ progressDifferences }) =>
      progressDifferences === null ? [] : [{ value: progressDifferences }],
  },
];

function of(
  name: string,
  help: string,
  key: 'deliveriesWaiting' | 'oldestDueDeliverySeconds' | 'oldestWaitingMailSeconds',
): Figure<Backlog> {
  return { name, help, samples: (backlog) => [{ value: backlog[key] }] };
}

function queueIn(queues: QueueRow[], name: string): QueueRow | undefined {
  return queues.find((queue) => queue.name === name);
}

function countIn(counts: Count[], figure: Count['figure'], label: string): number {
  return counts.find((count) => count.figure === figure && count.label === label)?.value ?? 0;
}
