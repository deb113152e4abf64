import type { DemoEnrollmentOfCourse } from '../types.ts';

export const calligraphyEnrollments: DemoEnrollmentOfCourse[] = [
  {
    student: 'layla.haddad@example.com',
    stage: 'completed',
    enrolledDaysAgo: 158,
    lastActiveDaysAgo: 115,
    review: {
      rating: 5,
      text: 'دورة رائعة ومتدرجة. قارنت اسمي في أول ورقة باسمي في آخر ورقة، فلم أصدق أنها اليد نفسها.',
    },
  },
  {
    student: 'omar.farouk@example.com',
    stage: 'completed',
    enrolledDaysAgo: 152,
    lastActiveDaysAgo: 99,
    mistakes: 1,
    shortTexts: { 'calligraphy-unit': 'نقطة' },
    review: {
      rating: 4,
      text: 'شرح واضح وأمثلة جيدة، وأتمنى إضافة دروس مصورة لكل حرف على حدة.',
    },
  },
  {
    student: 'david.benami@example.org',
    stage: 'completed',
    enrolledDaysAgo: 46,
    lastActiveDaysAgo: 12,
    review: {
      rating: 5,
      text: 'أتعلم العربية منذ سنتين، وهذه الدورة علمتني أن أنظر إلى الحروف قبل أن أقرأها.',
    },
  },
  {
    student: 'fatima.zahra@example.org',
    stage: 'quizFailed',
    quiz: 'final-quiz',
    attempts: 1,
    enrolledDaysAgo: 70,
    lastActiveDaysAgo: 6,
  },
  { student: 'aissatou.diallo@example.org', stage: 'halfway', enrolledDaysAgo: 65, lastActiveDaysAgo: 19 },
  {
    student: 'suharyanto@example.com',
    stage: 'started',
    lessons: 1,
    enrolledDaysAgo: 48,
    lastActiveDaysAgo: 47,
  },
  { student: 'milica.jovanovic@example.org', stage: 'enrolled', enrolledDaysAgo: 8, lastActiveDaysAgo: 8 },
];
