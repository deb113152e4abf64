import type { DemoEnrollmentOfCourse } from '../types.ts';

export const firstAidEnrollments: DemoEnrollmentOfCourse[] = [
  {
    student: 'maria.garcia@example.com',
    stage: 'completed',
    enrolledDaysAgo: 151,
    lastActiveDaysAgo: 139,
    review: {
      rating: 5,
      text: 'Dos semanas después de terminar el curso, mi padre se atragantó en la cena. Supe qué hacer. No tengo nada más que añadir.',
    },
  },
  {
    student: 'santiago.munoz@example.com',
    stage: 'completed',
    enrolledDaysAgo: 124,
    lastActiveDaysAgo: 103,
    mistakes: 1,
    shortTexts: { 'first-aid-number': 'Ciento doce', 'first-aid-aed': 'el desfibrilador' },
    review: {
      rating: 4,
      text: 'Muy práctico y sin rodeos. Agradecería más ejemplos con los servicios de emergencia de América Latina.',
    },
  },
  {
    student: 'pablo@example.org',
    stage: 'completed',
    enrolledDaysAgo: 86,
    lastActiveDaysAgo: 44,
    shortTexts: { 'first-aid-aed': 'desfibrilador externo automatico' },
    review: { rating: 5, text: 'Explica el porqué de cada cosa. Lo he recomendado a todo el claustro.' },
  },
  {
    student: 'joao.conceicao@example.com',
    stage: 'completed',
    enrolledDaysAgo: 82,
    lastActiveDaysAgo: 38,
    mistakes: 1,
  },
  {
    student: 'valentina.rojas@example.org',
    stage: 'quizFailed',
    quiz: 'final-quiz',
    attempts: 2,
    enrolledDaysAgo: 50,
    lastActiveDaysAgo: 8,
  },
  { student: 'amelie.dubois@example.com', stage: 'halfway', enrolledDaysAgo: 43, lastActiveDaysAgo: 15 },
  {
    student: 'fatima.zahra@example.org',
    stage: 'started',
    lessons: 3,
    enrolledDaysAgo: 37,
    lastActiveDaysAgo: 21,
  },
  { student: 'nguyen.thi.hanh@example.com', stage: 'enrolled', enrolledDaysAgo: 5, lastActiveDaysAgo: 5 },
  {
    student: 'ayse.yilmaz@example.com',
    stage: 'withdrawn',
    by: 'learner',
    lessons: 0,
    enrolledDaysAgo: 62,
    lastActiveDaysAgo: 60,
  },
];
