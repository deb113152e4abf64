import type { DemoEnrollmentOfCourse } from '../types.ts';

export const breadEnrollments: DemoEnrollmentOfCourse[] = [
  {
    student: 'jurgen.muller@example.com',
    stage: 'completed',
    enrolledDaysAgo: 163,
    lastActiveDaysAgo: 131,
    essays: [
      {
        question: 'bread-essay',
        text: 'Im Roggen steckt viel Amylase. Bis sie im Ofen durch die Hitze zerstört wird, baut sie die verkleisterte Stärke ab, und das freie Wasser bleibt als klitschige Schicht zurück. Daran ändert auch die Kerntemperatur nichts, denn der Schaden ist da schon geschehen. Beim nächsten Mal versäuere ich die Hälfte des Roggenmehls über Nacht, damit die Säure das Enzym bremst, und schneide das Brot erst am nächsten Tag an.',
        grade: {
          points: 6,
          feedback: 'Vollständig und genau. Besonders gut: dass du den Zeitpunkt des Abbaus erklärst.',
        },
      },
    ],
    review: {
      rating: 5,
      text: 'Nach zwanzig Jahren Backen nach Rezept weiß ich endlich, was ich tue. Die Tabelle der Brotfehler hängt jetzt am Kühlschrank.',
    },
  },
  {
    student: 'annika.gross@example.com',
    stage: 'completed',
    enrolledDaysAgo: 127,
    lastActiveDaysAgo: 89,
    mistakes: 1,
    shortTexts: { 'bread-starter': 'das anstellgut' },
    essays: [
      {
        question: 'bread-essay',
        text: 'Wahrscheinlich war der Sauerteig noch zu jung und der Teig deshalb nicht sauer genug. Dann arbeiten die Enzyme im Ofen weiter und die Stärke kann das Wasser nicht halten. Ich würde das Anstellgut vorher zweimal auffrischen und den Sauerteig länger stehen lassen.',
        grade: {
          points: 5,
          feedback:
            'Richtig erkannt. Nenne beim nächsten Mal auch das Enzym (Amylase) und das Auskühlen vor dem Anschnitt.',
        },
      },
    ],
    review: {
      rating: 4,
      text: 'Sehr verständlich, vor allem die Bäckerprozente. Ein zweites Video zum Formen hätte mir geholfen.',
    },
  },
  {
    student: 'lukasz.wisniewski@example.com',
    stage: 'completed',
    enrolledDaysAgo: 105,
    lastActiveDaysAgo: 59,
    essays: [
      {
        question: 'bread-essay',
        text: 'Roggen braucht Säure. Ohne genug Säure baut die Amylase die Stärke ab und die Krume klebt. Ich nehme mehr Sauerteig und führe ihn wärmer. Außerdem habe ich es noch heiß angeschnitten, das mache ich nicht mehr.',
        grade: { points: 6, feedback: 'Kurz und alles drin. Und ehrlich dazu!' },
      },
    ],
  },
  {
    student: 'lukas.baumgartner@example.org',
    stage: 'awaitingGrading',
    quiz: 'final-quiz',
    enrolledDaysAgo: 70,
    lastActiveDaysAgo: 2,
    essays: [
      {
        question: 'bread-essay',
        text: 'Ich vermute Amylase. Das Enzym ist bei ungefähr 60 bis 75 Grad sehr aktiv, und genau da verkleistert auch die Stärke. Wenn der Teig zu wenig sauer ist, gewinnt das Enzym. 97 Grad innen heißt nur, dass das Brot heiß genug war, nicht, dass die Krume stabil ist. Ich werde 40 Prozent des Mehls versäuern und den Laib einen ganzen Tag ruhen lassen.',
      },
    ],
  },
  {
    student: 'dvorakova@example.org',
    stage: 'awaitingGrading',
    quiz: 'final-quiz',
    enrolledDaysAgo: 68,
    lastActiveDaysAgo: 5,
    mistakes: 1,
    essays: [
      {
        question: 'bread-essay',
        text: 'Vielleicht war zu viel Wasser im Teig. Meine Großmutter hat Roggenbrot immer erst am zweiten Tag aufgeschnitten und gesagt, es muss noch arbeiten. Ich denke, sie hatte recht. Der Sauerteig war bei mir auch nur vier Stunden alt, also werde ich ihn länger stehen lassen.',
      },
    ],
  },
  {
    student: 'olena.kovalenko@example.com',
    stage: 'halfway',
    enrolledDaysAgo: 90,
    lastActiveDaysAgo: 13,
    review: { rating: 4, text: 'Bis jetzt sehr gut. Mein Anstellgut lebt seit drei Wochen und heißt Borys.' },
  },
  {
    student: 'milica.jovanovic@example.org',
    stage: 'started',
    lessons: 2,
    enrolledDaysAgo: 33,
    lastActiveDaysAgo: 31,
  },
  { student: 'gudrun@example.org', stage: 'enrolled', enrolledDaysAgo: 6, lastActiveDaysAgo: 6 },
  {
    student: 'francois.lefevre@example.com',
    stage: 'withdrawn',
    by: 'learner',
    lessons: 4,
    enrolledDaysAgo: 99,
    lastActiveDaysAgo: 74,
  },
];
