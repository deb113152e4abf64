import type { DemoEnrollmentOfCourse } from '../types.ts';

/** Self-enrollment is closed here: staff enroll these students. */
export const solfegeEnrollments: DemoEnrollmentOfCourse[] = [
  {
    student: 'amelie.dubois@example.com',
    stage: 'completed',
    enrolledDaysAgo: 115,
    lastActiveDaysAgo: 73,
    shortTexts: { 'solfege-sharp': 'Fa diese' },
    review: {
      rating: 5,
      text: 'Je chante dans un chœur depuis dix ans sans savoir lire. En trois leçons, les petits points noirs se sont mis à parler.',
    },
  },
  {
    student: 'francois.lefevre@example.com',
    stage: 'completed',
    enrolledDaysAgo: 108,
    lastActiveDaysAgo: 62,
    mistakes: 1,
    review: { rating: 4, text: 'Clair et vivant. Il manque seulement une leçon sur les gammes mineures.' },
  },
  { student: 'aissatou.diallo@example.org', stage: 'halfway', enrolledDaysAgo: 71, lastActiveDaysAgo: 18 },
  { student: 'pablo@example.org', stage: 'started', lessons: 2, enrolledDaysAgo: 63, lastActiveDaysAgo: 55 },
  {
    student: 'nguyen.thi.hanh@example.com',
    stage: 'withdrawn',
    by: 'staff',
    lessons: 1,
    enrolledDaysAgo: 107,
    lastActiveDaysAgo: 94,
  },
];
