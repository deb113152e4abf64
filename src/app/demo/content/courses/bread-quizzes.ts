import type { DemoQuiz } from '../types.ts';

export const breadDoughQuiz: DemoQuiz = {
  passingPercent: 60,
  showResults: 'afterSubmission',
  questions: [
    {
      type: 'single',
      prompt: 'Was gibt die Typenzahl eines Mehls an?',
      points: 1,
      explanation:
        'Gemessen wird, wie viel Milligramm Asche beim Verbrennen von 100 g Trockensubstanz übrig bleiben.',
      options: [
        { text: 'Den Eiweißgehalt in Prozent', isCorrect: false },
        { text: 'Den Mineralstoffgehalt in Milligramm je 100 g', isCorrect: true },
        { text: 'Die Körnung in Mikrometern', isCorrect: false },
        { text: 'Den Brennwert in Kilojoule', isCorrect: false },
      ],
    },
    {
      type: 'numeric',
      prompt: 'Ein Rezept sieht 70 % Wasser vor. Wie viel Gramm Wasser kommen auf 800 g Mehl?',
      points: 2,
      explanation: '70 % von 800 g sind 560 g.',
      answer: 560,
    },
    {
      type: 'numeric',
      prompt: 'Welche Teigausbeute (TA) hat ein Teig aus 500 g Mehl und 325 g Wasser?',
      points: 1,
      explanation: '(500 + 325) ÷ 500 × 100 = 165.',
      answer: 165,
      tolerance: 0.5,
    },
    {
      type: 'trueFalse',
      prompt: 'Gluten kann sich auch ohne Kneten bilden.',
      points: 1,
      explanation: 'Ja: Wasser und Ruhe genügen. Das macht man sich bei der Autolyse zunutze.',
      answer: true,
    },
  ],
};

export const breadFinalQuiz: DemoQuiz = {
  passingPercent: 60,
  maxAttempts: 3,
  showResults: 'score',
  questions: [
    {
      type: 'essay',
      key: 'bread-essay',
      prompt:
        'Dein Roggenbrot hat eine klitschige Krume, obwohl die Kerntemperatur 97 °C erreicht hat. Erkläre in einigen Sätzen, was im Teig geschehen sein kann und was du beim nächsten Mal änderst.',
      points: 6,
      explanation:
        'Erwartet werden: Abbau der Stärke durch Amylase, zu wenig Säure im Teig, ein höherer Anteil oder eine bessere Führung des Sauerteigs, und vollständiges Auskühlen vor dem Anschnitt.',
    },
    {
      type: 'shortText',
      key: 'bread-starter',
      prompt: 'Wie heißt der Teil des Sauerteigs, den man für das nächste Backen aufbewahrt?',
      points: 1,
      explanation: 'Das Anstellgut.',
      answers: ['Anstellgut', 'das Anstellgut', 'Anstellsauer'],
      ignoreCase: true,
    },
    {
      type: 'multiple',
      prompt: 'Was bewirkt Dampf in den ersten Minuten des Backens?',
      points: 2,
      explanation:
        'Dampf hält die Haut dehnbar und lässt die Kruste glänzen. Gar wird das Brot durch die Hitze des Ofens.',
      scoring: 'partial',
      options: [
        { text: 'Die Oberfläche bleibt länger dehnbar', isCorrect: true },
        { text: 'Die Kruste bekommt Glanz', isCorrect: true },
        { text: 'Die Hefe überlebt das Backen', isCorrect: false },
        { text: 'Der Teig braucht kein Salz mehr', isCorrect: false },
      ],
    },
    {
      type: 'single',
      prompt: 'Ein Laib ist flach und breit gelaufen. Woran liegt es am ehesten?',
      points: 1,
      explanation: 'Bei Übergare ist das Gerüst überdehnt und hält das Gas nicht mehr.',
      options: [
        { text: 'Untergare', isCorrect: false },
        { text: 'Übergare', isCorrect: true },
        { text: 'Zu viel Salz', isCorrect: false },
      ],
    },
  ],
};
