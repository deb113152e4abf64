import type { ArchiveWords } from './words.ts';

export const words: ArchiveWords = {
  heading: (project) => `Your data at ${project}`,
  madeAt: (at) => `Made on ${at}.`,
  places: {
    data: 'what is stored of you: a file for each kind of data, as JSON. Where there is none of a kind, there is no file.',
    files: 'the files that you uploaded, and your picture.',
    certificates: 'your certificates that are in force, as PDF.',
    about: 'what each file and each column is, and what was left out and why (in English).',
  },
  leftOutHeading: 'Not in here:',
  leftOut: [
    'passwords, keys and other secrets, and what is made of them;',
    'what says something of other people, such as who graded you or acted on your account, and lists of people that you imported;',
    'right answers of quizzes that their courses do not show.',
  ],
  times: 'All times are in UTC.',
  care: 'Keep this archive as safe as what it tells.',
};
