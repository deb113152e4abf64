import type { DemoQuiz } from '../types.ts';

export const nightSkyEyesQuiz: DemoQuiz = {
  passingPercent: 60,
  showResults: 'afterSubmission',
  questions: [
    {
      type: 'single',
      prompt: 'How long does the eye need to adapt well to the dark?',
      points: 1,
      explanation:
        'The pupil widens in seconds, but the rods need 20 to 30 minutes to rebuild their pigment.',
      options: [
        { text: 'About 20 seconds', isCorrect: false },
        { text: 'About 2 minutes', isCorrect: false },
        { text: '20 to 30 minutes', isCorrect: true },
        { text: 'Several hours', isCorrect: false },
      ],
    },
    {
      type: 'trueFalse',
      prompt: 'A star of magnitude 5 is brighter than a star of magnitude 2.',
      points: 1,
      explanation: 'The scale runs backwards: the smaller the number, the brighter the star.',
      answer: false,
    },
    {
      type: 'numeric',
      prompt: 'How many times brighter is a star of magnitude 1 than a star of magnitude 6?',
      points: 2,
      explanation: 'Five magnitudes are a factor of exactly 100, by definition.',
      answer: 100,
    },
    {
      type: 'single',
      prompt: 'Why do observers use red torches?',
      points: 1,
      explanation: 'The rods, which see at night, hardly respond to deep red light and so stay adapted.',
      options: [
        { text: 'Red light hardly affects dark adaptation', isCorrect: true },
        { text: 'Red batteries last longer', isCorrect: false },
        { text: 'Red light makes stars look brighter', isCorrect: false },
      ],
    },
  ],
};

export const nightSkyFinalQuiz: DemoQuiz = {
  passingPercent: 70,
  maxAttempts: 3,
  timeLimitSeconds: 900,
  shuffleQuestions: true,
  showResults: 'afterPass',
  questions: [
    {
      type: 'shortText',
      key: 'night-sky-pole-star',
      prompt: 'Which star do the Pointers of the Big Dipper lead to?',
      points: 1,
      explanation: 'Polaris, also called the North Star or Pole Star, stands within a degree of the pole.',
      answers: ['Polaris', 'North Star', 'the North Star', 'Pole Star', 'the Pole Star'],
      ignoreCase: true,
    },
    {
      type: 'multiple',
      prompt:
        'Which of these can be found by following the line of Orion’s Belt in one direction or the other?',
      points: 2,
      explanation: 'One way the belt points to Sirius, the other way to Aldebaran.',
      scoring: 'partial',
      options: [
        { text: 'Sirius', isCorrect: true },
        { text: 'Aldebaran', isCorrect: true },
        { text: 'Polaris', isCorrect: false },
        { text: 'Vega', isCorrect: false },
      ],
    },
    {
      type: 'numeric',
      prompt: 'Polaris stands 52° above your horizon. At what latitude are you, in degrees north?',
      points: 2,
      explanation: 'The height of the pole equals the latitude; Polaris is within a degree of the pole.',
      answer: 52,
      tolerance: 1,
    },
    {
      type: 'single',
      prompt: 'A star rises at 22:00 tonight. When does it rise in one month, roughly?',
      points: 2,
      explanation: 'Four minutes a day make about two hours a month, and the star rises earlier.',
      options: [
        { text: '20:00', isCorrect: true },
        { text: '21:56', isCorrect: false },
        { text: '22:00', isCorrect: false },
        { text: '24:00', isCorrect: false },
      ],
    },
    {
      type: 'trueFalse',
      prompt: 'Venus can be seen high in the sky at midnight from London.',
      points: 1,
      explanation: 'Venus is never more than 47° from the Sun, so it has set, or not yet risen, at midnight.',
      answer: false,
    },
    {
      type: 'multiple',
      prompt: 'Which meteor showers come from an asteroid rather than a comet?',
      points: 2,
      explanation: 'The Geminids come from Phaethon and the Quadrantids from 2003 EH1.',
      scoring: 'allOrNothing',
      options: [
        { text: 'Geminids', isCorrect: true },
        { text: 'Quadrantids', isCorrect: true },
        { text: 'Perseids', isCorrect: false },
        { text: 'Leonids', isCorrect: false },
      ],
    },
  ],
};
