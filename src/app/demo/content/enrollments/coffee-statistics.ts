import type { DemoEnrollmentOfCourse } from '../types.ts';

export const coffeeStatisticsEnrollments: DemoEnrollmentOfCourse[] = [
  { student: 'student@example.com', stage: 'halfway', enrolledDaysAgo: 75, lastActiveDaysAgo: 4 },
  {
    student: 'li.xiaoming@example.com',
    stage: 'completed',
    enrolledDaysAgo: 150,
    lastActiveDaysAgo: 128,
    review: {
      rating: 5,
      text: 'I passed two exams in statistics without understanding the p-value. Now I do. The sentence about drawing the target around the arrow hangs over my desk.',
    },
  },
  {
    student: 'joao.conceicao@example.com',
    stage: 'completed',
    enrolledDaysAgo: 120,
    lastActiveDaysAgo: 92,
    mistakes: 1,
    review: {
      rating: 5,
      text: 'As a roaster from Minas I came for the coffee and stayed for the square root.',
    },
  },
  {
    student: 'lukasz.wisniewski@example.com',
    stage: 'completed',
    enrolledDaysAgo: 111,
    lastActiveDaysAgo: 66,
    shortTexts: { 'coffee-confounder': 'Lurking variable' },
    review: {
      rating: 3,
      text: 'Good explanations, but I would have liked more exercises between the lessons, and a chapter on regression.',
    },
  },
  {
    student: 'noa.levi@example.com',
    stage: 'completed',
    enrolledDaysAgo: 139,
    lastActiveDaysAgo: 101,
    mistakes: 1,
  },
  {
    student: 'suharyanto@example.com',
    stage: 'quizFailed',
    quiz: 'describe-quiz',
    attempts: 1,
    enrolledDaysAgo: 64,
    lastActiveDaysAgo: 30,
  },
  {
    student: 'arjun.sharma@example.org',
    stage: 'quizFailed',
    quiz: 'decision-quiz',
    attempts: 1,
    enrolledDaysAgo: 40,
    lastActiveDaysAgo: 1,
  },
  {
    student: 'dvorakova@example.org',
    stage: 'started',
    lessons: 2,
    enrolledDaysAgo: 51,
    lastActiveDaysAgo: 22,
  },
  { student: 'chen.yating@example.org', stage: 'halfway', enrolledDaysAgo: 44, lastActiveDaysAgo: 7 },
  {
    student: 'jackson.whitefeather@example.com',
    stage: 'started',
    lessons: 1,
    enrolledDaysAgo: 14,
    lastActiveDaysAgo: 11,
  },
  {
    student: 'nikos.georgiou@example.org',
    stage: 'withdrawn',
    by: 'learner',
    lessons: 1,
    enrolledDaysAgo: 50,
    lastActiveDaysAgo: 45,
  },
];
