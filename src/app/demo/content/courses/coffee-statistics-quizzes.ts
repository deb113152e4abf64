import type { DemoQuiz } from '../types.ts';

export const coffeeDescribeQuiz: DemoQuiz = {
  passingPercent: 60,
  showResults: 'afterSubmission',
  shuffleQuestions: true,
  questions: [
    {
      type: 'numeric',
      prompt: 'Five customers waited 2, 3, 3, 4 and 13 minutes. What is the mean, in minutes?',
      points: 1,
      explanation: '25 minutes shared by 5 customers are 5 minutes each.',
      answer: 5,
    },
    {
      type: 'numeric',
      prompt: 'Five customers waited 2, 3, 3, 4 and 13 minutes. What is the median, in minutes?',
      points: 1,
      explanation: 'The third of five sorted values is 3.',
      answer: 3,
    },
    {
      type: 'numeric',
      prompt: 'What is the sample standard deviation of 2, 4 and 6? (Divide by n − 1.)',
      points: 2,
      explanation: 'The squares are 4, 0 and 4; 8 ÷ 2 = 4, and the root of 4 is 2.',
      answer: 2,
      tolerance: 0.01,
    },
    {
      type: 'single',
      prompt:
        'One value in a long list is mistyped and becomes a thousand times too large. What changes little or not at all?',
      points: 1,
      explanation: 'The median depends on the order of the values, not on how far away the extreme ones are.',
      options: [
        { text: 'The mean', isCorrect: false },
        { text: 'The median', isCorrect: true },
        { text: 'The standard deviation', isCorrect: false },
      ],
    },
  ],
};

export const coffeeDecisionQuiz: DemoQuiz = {
  passingPercent: 65,
  maxAttempts: 5,
  showResults: 'afterPass',
  questions: [
    {
      type: 'numeric',
      prompt:
        'A guesser takes four triangle tests. With what probability are all four right? Answer in percent, to one decimal.',
      points: 2,
      explanation: '(1/3)⁴ = 1/81, which is about 1.23 %.',
      answer: 1.2,
      tolerance: 0.05,
    },
    {
      type: 'numeric',
      prompt:
        'The standard deviation is 12 g and you weigh 36 bags. What is the standard error of the mean, in grams?',
      points: 2,
      explanation: '12 / √36 = 12 / 6 = 2.',
      answer: 2,
    },
    {
      type: 'single',
      prompt:
        'You want to make the standard error three times smaller. How many times as many bags must you weigh?',
      points: 1,
      explanation: 'The error falls with the square root of the number, so it takes 3² = 9 times as many.',
      options: [
        { text: '3', isCorrect: false },
        { text: '6', isCorrect: false },
        { text: '9', isCorrect: true },
        { text: '27', isCorrect: false },
      ],
    },
    {
      type: 'multiple',
      prompt:
        'A study finds that coffee drinkers live longer. Which of these could explain it without coffee doing anything?',
      points: 3,
      explanation:
        'The first three are a confounder, reverse causation and selection. The last would make coffee a cause.',
      scoring: 'partial',
      options: [
        {
          text: 'People with higher incomes drink more coffee and have better medical care',
          isCorrect: true,
        },
        { text: 'People who fall ill stop drinking coffee', isCorrect: true },
        { text: 'Only people who were still healthy at sixty were asked', isCorrect: true },
        { text: 'Coffee protects the liver', isCorrect: false },
      ],
    },
    {
      type: 'trueFalse',
      prompt: 'A p-value of 0.03 means that the result is due to chance with a probability of 3 %.',
      points: 1,
      explanation:
        'It is the probability of a result at least this extreme if only chance were at work, which is not the same.',
      answer: false,
    },
    {
      type: 'shortText',
      key: 'coffee-confounder',
      prompt: 'What do we call a third quantity that influences both of the quantities we compare?',
      points: 1,
      explanation: 'A confounder, also called a confounding variable.',
      answers: [
        'confounder',
        'a confounder',
        'confounding variable',
        'confounding factor',
        'lurking variable',
      ],
      ignoreCase: true,
    },
  ],
};
