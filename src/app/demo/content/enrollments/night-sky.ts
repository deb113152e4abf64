import type { DemoEnrollmentOfCourse } from '../types.ts';

export const nightSkyEnrollments: DemoEnrollmentOfCourse[] = [
  {
    student: 'student@example.com',
    stage: 'completed',
    enrolledDaysAgo: 160,
    lastActiveDaysAgo: 121,
    mistakes: 1,
    shortTexts: { 'night-sky-pole-star': 'the north star' },
    review: {
      rating: 5,
      text: 'I found Andromeda with my own eyes from a car park. The trick of looking beside it is worth the whole course.',
    },
  },
  {
    student: 'priya.raman@example.com',
    stage: 'completed',
    enrolledDaysAgo: 145,
    lastActiveDaysAgo: 118,
    review: {
      rating: 5,
      text: 'Clear, warm and never condescending. My daughter and I now keep a log together.',
    },
  },
  {
    student: 'siobhan.obrien@example.com',
    stage: 'completed',
    enrolledDaysAgo: 140,
    lastActiveDaysAgo: 97,
    mistakes: 1,
    review: {
      rating: 4,
      text: 'Lovely lessons. It rained for three weeks in Galway, which is hardly the course’s fault, but more advice for cloudy places would be welcome.',
    },
  },
  {
    student: 'dmitri.volkov@example.com',
    stage: 'completed',
    enrolledDaysAgo: 133,
    lastActiveDaysAgo: 104,
    shortTexts: { 'night-sky-pole-star': 'Pole Star' },
  },
  {
    student: 'kim.minseo@example.com',
    stage: 'completed',
    enrolledDaysAgo: 112,
    lastActiveDaysAgo: 70,
    mistakes: 1,
    review: { rating: 4 },
  },
  {
    student: 'nguyen.thi.hanh@example.com',
    stage: 'quizFailed',
    quiz: 'final-quiz',
    attempts: 2,
    enrolledDaysAgo: 100,
    lastActiveDaysAgo: 9,
  },
  { student: 'chidi.eze@example.com', stage: 'halfway', enrolledDaysAgo: 88, lastActiveDaysAgo: 16 },
  { student: 'eleni.papadopoulou@example.com', stage: 'halfway', enrolledDaysAgo: 80, lastActiveDaysAgo: 41 },
  { student: 'gudrun@example.org', stage: 'started', lessons: 2, enrolledDaysAgo: 60, lastActiveDaysAgo: 58 },
  {
    student: 'kahu.ngata@example.org',
    stage: 'started',
    lessons: 1,
    enrolledDaysAgo: 20,
    lastActiveDaysAgo: 3,
  },
  {
    student: 'jackson.whitefeather@example.com',
    stage: 'enrolled',
    enrolledDaysAgo: 2,
    lastActiveDaysAgo: 2,
  },
  {
    student: 'ayse.yilmaz@example.com',
    stage: 'withdrawn',
    by: 'learner',
    lessons: 3,
    enrolledDaysAgo: 95,
    lastActiveDaysAgo: 77,
  },
];
