import type { DemoQuiz } from '../types.ts';

export const privacyBasicsQuiz: DemoQuiz = {
  passingPercent: 60,
  showResults: 'afterPass',
  questions: [
    {
      type: 'multiple',
      prompt: 'Which of these are personal data?',
      points: 3,
      explanation: 'All but the share of cyclists, from which nobody can be singled out.',
      scoring: 'partial',
      options: [
        { text: 'A work e-mail address with a name in it', isCorrect: true },
        { text: 'A staff number whose list of names is locked away', isCorrect: true },
        { text: 'The licence plate of a colleague’s car', isCorrect: true },
        { text: 'The share of 900 employees who cycle to work', isCorrect: false },
      ],
    },
    {
      type: 'trueFalse',
      prompt: 'Deleting personal data is processing, too.',
      points: 1,
      explanation: 'Erasure is named expressly in the definition of processing.',
      answer: true,
    },
    {
      type: 'single',
      prompt: 'On what basis does a shop use your address to deliver what you ordered?',
      points: 1,
      explanation: 'Delivery is needed to perform the contract; asking for consent would be wrong.',
      options: [
        { text: 'Consent', isCorrect: false },
        { text: 'Contract', isCorrect: true },
        { text: 'Vital interests', isCorrect: false },
        { text: 'Public task', isCorrect: false },
      ],
    },
  ],
};

export const privacyFinalQuiz: DemoQuiz = {
  passingPercent: 70,
  maxAttempts: 2,
  timeLimitSeconds: 2400,
  showResults: 'never',
  questions: [
    {
      type: 'numeric',
      prompt:
        'Within how many hours must a notifiable breach be reported to the supervisory authority, where feasible?',
      points: 1,
      explanation: '72 hours after becoming aware of it, weekends included.',
      answer: 72,
    },
    {
      type: 'single',
      prompt: 'You notice that you sent a file with names to the wrong customer. What do you do first?',
      points: 2,
      explanation: 'Report it at once. Containing and documenting follow together with the security contact.',
      options: [
        { text: 'Delete the message from the sent folder', isCorrect: false },
        { text: 'Wait and see whether the customer complains', isCorrect: false },
        { text: 'Report it to the security contact', isCorrect: true },
        { text: 'Work out whether it is serious enough', isCorrect: false },
      ],
    },
    {
      type: 'multiple',
      prompt: 'Which are signs of a phishing message?',
      points: 2,
      explanation:
        'Pressure of time, a domain that is slightly off, and a link that leads elsewhere are classic signs.',
      scoring: 'allOrNothing',
      options: [
        { text: 'It threatens that something will happen within hours', isCorrect: true },
        { text: 'The domain of the sender differs by one letter', isCorrect: true },
        { text: 'The link shows one address and leads to another', isCorrect: true },
        { text: 'It is written in English', isCorrect: false },
      ],
    },
    {
      type: 'essay',
      key: 'privacy-essay',
      prompt:
        'A colleague asks you for the private phone numbers of everyone in the department, for a birthday surprise. Describe in five to ten sentences what you answer and why. Name at least two principles or lawful bases.',
      points: 5,
      explanation:
        'A good answer names purpose limitation and minimisation or the lack of a lawful basis, and offers a kinder way, such as asking each person.',
    },
  ],
};
