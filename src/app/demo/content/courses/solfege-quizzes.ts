import type { DemoQuiz } from '../types.ts';

export const solfegeNotesQuiz: DemoQuiz = {
  passingPercent: 60,
  showResults: 'afterSubmission',
  questions: [
    {
      type: 'single',
      prompt: 'Quelle ligne de la portée la clé de fa désigne-t-elle ?',
      points: 1,
      explanation: 'La quatrième, en comptant de bas en haut.',
      options: [
        { text: 'La deuxième', isCorrect: false },
        { text: 'La troisième', isCorrect: false },
        { text: 'La quatrième', isCorrect: true },
      ],
    },
    {
      type: 'numeric',
      prompt: 'Combien de temps dure une blanche pointée, si la noire vaut un temps ?',
      points: 1,
      explanation: 'Deux temps, plus la moitié de deux : trois temps.',
      answer: 3,
    },
    {
      type: 'numeric',
      prompt: 'Combien de croches y a-t-il dans une ronde ?',
      points: 1,
      explanation: 'Une ronde vaut quatre noires, et chaque noire deux croches.',
      answer: 8,
    },
    {
      type: 'trueFalse',
      prompt: 'Le nom « ut » est plus ancien que le nom « do ».',
      points: 1,
      explanation:
        'Oui : « ut » vient de l’hymne utilisé par Guido d’Arezzo, « do » ne date que du XVIIe siècle.',
      answer: true,
    },
  ],
};

export const solfegeFinalQuiz: DemoQuiz = {
  passingPercent: 70,
  maxAttempts: 4,
  showResults: 'afterPass',
  questions: [
    {
      type: 'shortText',
      key: 'solfege-sharp',
      prompt: 'Quelle note altérée la gamme de sol majeur contient-elle ?',
      points: 2,
      explanation: 'Le fa dièse, pour obtenir un ton entier entre mi et la note suivante.',
      answers: ['fa dièse', 'le fa dièse', 'fa#', 'fa ♯'],
      ignoreCase: true,
      ignoreAccents: true,
    },
    {
      type: 'single',
      prompt: 'Quel intervalle sépare do du sol situé juste au-dessus ?',
      points: 1,
      explanation: 'Do, ré, mi, fa, sol : cinq noms, donc une quinte.',
      options: [
        { text: 'Une tierce', isCorrect: false },
        { text: 'Une quarte', isCorrect: false },
        { text: 'Une quinte', isCorrect: true },
        { text: 'Une octave', isCorrect: false },
      ],
    },
    {
      type: 'multiple',
      prompt: 'Entre quelles notes naturelles voisines n’y a-t-il qu’un demi-ton ?',
      points: 2,
      explanation: 'Mi–fa et si–do : aucune touche noire ne les sépare.',
      scoring: 'allOrNothing',
      options: [
        { text: 'mi–fa', isCorrect: true },
        { text: 'si–do', isCorrect: true },
        { text: 'sol–la', isCorrect: false },
        { text: 'do–ré', isCorrect: false },
      ],
    },
    {
      type: 'trueFalse',
      prompt: 'Dans une mesure à 6/8, on compte six noires.',
      points: 1,
      explanation: 'Le 8 désigne la croche : il y a six croches.',
      answer: false,
    },
  ],
};
