import type { DemoEnrollmentOfCourse } from '../types.ts';

export const dataPrivacyEnrollments: DemoEnrollmentOfCourse[] = [
  { student: 'student@example.com', stage: 'started', lessons: 1, enrolledDaysAgo: 3, lastActiveDaysAgo: 3 },
  {
    student: 'noa.levi@example.com',
    stage: 'completed',
    enrolledDaysAgo: 130,
    lastActiveDaysAgo: 107,
    essays: [
      {
        question: 'privacy-essay',
        text: 'I would say that it is a lovely idea and that I will not send the list. The numbers were collected so that we can be reached in an emergency, and using them for a party would be another purpose. There is also no lawful basis: nobody consented, and the contract does not need it. Besides, the whole list is far more than she needs. I would offer to forward her invitation to everyone, so that each person can decide whether to give her a number.',
        grade: {
          points: 5,
          feedback:
            'Purpose limitation, minimisation and the missing basis, and a kind alternative. Excellent.',
        },
      },
    ],
    review: { rating: 4, text: 'The first compliance training that I finished without skipping through it.' },
  },
  {
    student: 'eleni.papadopoulou@example.com',
    stage: 'completed',
    enrolledDaysAgo: 128,
    lastActiveDaysAgo: 88,
    mistakes: 1,
    essays: [
      {
        question: 'privacy-essay',
        text: 'I tell him no, politely. We have these numbers for one purpose only, urgent calls about work. That is purpose limitation. He also asks for everyone although he wants to surprise one person, which is against minimisation. I suggest that he asks the others over coffee, because then each of them consents freely.',
        grade: { points: 5, feedback: 'Well argued, with a practical way out.' },
      },
    ],
  },
  {
    student: 'priya.raman@example.com',
    stage: 'completed',
    enrolledDaysAgo: 116,
    lastActiveDaysAgo: 85,
    essays: [
      {
        question: 'privacy-essay',
        text: 'Private phone numbers are personal data, so I need a lawful basis to pass them on. Consent would be possible but I would have to ask everyone first. Legitimate interest does not convince me, as people would be surprised. I would offer to put a card on the kitchen table instead.',
        grade: {
          points: 4,
          feedback: 'Good on lawful bases. Purpose limitation would have been the strongest argument.',
        },
      },
    ],
    review: {
      rating: 5,
      text: 'Short, humane and concrete. The case about the two Marias happened to me a week later, and I knew whom to call.',
    },
  },
  {
    student: 'amelie.dubois@example.com',
    stage: 'awaitingGrading',
    quiz: 'final-quiz',
    enrolledDaysAgo: 34,
    lastActiveDaysAgo: 1,
    essays: [
      {
        question: 'privacy-essay',
        text: 'I would answer: “What a nice thought, but I can’t give you the list.” Our colleagues gave their private numbers to the personnel office in confidence. Sending them around changes the purpose and also the circle of people who know them. If somebody is harassed by phone afterwards, we could not explain it. I can write to everybody myself and collect the answers of those who want to join.',
      },
    ],
  },
  {
    student: 'chidi.eze@example.com',
    stage: 'awaitingGrading',
    quiz: 'final-quiz',
    enrolledDaysAgo: 30,
    lastActiveDaysAgo: 4,
    essays: [
      {
        question: 'privacy-essay',
        text: 'My first feeling is to help, because it is for a birthday and she is a colleague whom everybody trusts. But trust in her is not a lawful basis. The numbers were given for emergencies (purpose limitation), and she would keep them on her phone for ever (storage limitation). So I refuse, and I help in another way: I ask the team in our channel who wants to take part.',
      },
    ],
  },
  {
    student: 'kahu.ngata@example.org',
    stage: 'awaitingGrading',
    quiz: 'final-quiz',
    enrolledDaysAgo: 25,
    lastActiveDaysAgo: 7,
    mistakes: 1,
    essays: [
      {
        question: 'privacy-essay',
        text: 'No can do. It would be fine to share the numbers of people who said yes. I would ask first. Otherwise there is no consent and it is more data than necessary.',
      },
    ],
  },
  { student: 'nikos.georgiou@example.org', stage: 'halfway', enrolledDaysAgo: 28, lastActiveDaysAgo: 9 },
  {
    student: 'francois.lefevre@example.com',
    stage: 'quizFailed',
    quiz: 'basics-quiz',
    attempts: 3,
    enrolledDaysAgo: 36,
    lastActiveDaysAgo: 17,
  },
  { student: 'haruka.suzuki@example.org', stage: 'enrolled', enrolledDaysAgo: 10, lastActiveDaysAgo: 10 },
];
