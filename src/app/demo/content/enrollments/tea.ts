import type { DemoEnrollmentOfCourse } from '../types.ts';

export const teaEnrollments: DemoEnrollmentOfCourse[] = [
  {
    student: 'aiko.yamamoto@example.com',
    stage: 'completed',
    enrolledDaysAgo: 161,
    lastActiveDaysAgo: 136,
    review: {
      rating: 5,
      text: '作法の理由まで説明してあるので、丸暗記にならず楽しく学べました。祖母の茶碗を久しぶりに出してみました。',
    },
  },
  {
    student: 'kenji.sato@example.com',
    stage: 'completed',
    enrolledDaysAgo: 155,
    lastActiveDaysAgo: 110,
    mistakes: 1,
    shortTexts: { 'tea-once': 'いちごいちえ' },
    review: {
      rating: 4,
      text: '薄茶の点て方がとても分かりやすかったです。濃茶の授業もぜひお願いします。',
    },
  },
  {
    student: 'chen.yating@example.org',
    stage: 'completed',
    enrolledDaysAgo: 58,
    lastActiveDaysAgo: 26,
    shortTexts: { 'tea-once': '一期一會' },
    review: { rating: 5, text: '朝顔の話が心に残りました。京都へ旅行する前に受講して本当によかったです。' },
  },
  {
    student: 'li.xiaoming@example.com',
    stage: 'completed',
    enrolledDaysAgo: 125,
    lastActiveDaysAgo: 83,
    mistakes: 1,
  },
  { student: 'haruka.suzuki@example.org', stage: 'halfway', enrolledDaysAgo: 78, lastActiveDaysAgo: 10 },
  {
    student: 'kim.minseo@example.com',
    stage: 'quizFailed',
    quiz: 'tools-quiz',
    attempts: 2,
    enrolledDaysAgo: 52,
    lastActiveDaysAgo: 35,
  },
  {
    student: 'siobhan.obrien@example.com',
    stage: 'started',
    lessons: 1,
    enrolledDaysAgo: 29,
    lastActiveDaysAgo: 28,
  },
  { student: 'arjun.sharma@example.org', stage: 'enrolled', enrolledDaysAgo: 1, lastActiveDaysAgo: 1 },
];
