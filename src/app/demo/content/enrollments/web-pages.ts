import type { DemoEnrollmentOfCourse } from '../types.ts';

/** All of it happened before the course was archived, except for what the enrolled may still do. */
export const webPagesEnrollments: DemoEnrollmentOfCourse[] = [
  {
    student: 'kenji.sato@example.com',
    stage: 'completed',
    enrolledDaysAgo: 169,
    lastActiveDaysAgo: 142,
    review: { rating: 4, text: 'Old-fashioned in the best way. I understand my framework better now.' },
  },
  {
    student: 'dmitri.volkov@example.com',
    stage: 'completed',
    enrolledDaysAgo: 137,
    lastActiveDaysAgo: 113,
    mistakes: 1,
    review: { rating: 3, text: 'Solid, but it stops just where styling would begin.' },
  },
  { student: 'olena.kovalenko@example.com', stage: 'halfway', enrolledDaysAgo: 122, lastActiveDaysAgo: 40 },
];
