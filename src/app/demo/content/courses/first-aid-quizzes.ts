import type { DemoQuiz } from '../types.ts';

export const firstAidBasicsQuiz: DemoQuiz = {
  passingPercent: 75,
  showResults: 'afterSubmission',
  questions: [
    {
      type: 'single',
      prompt: '¿En qué orden se actúa ante un accidente?',
      points: 1,
      explanation: 'Proteger, avisar, socorrer: primero que nadie más resulte herido.',
      options: [
        { text: 'Socorrer, avisar, proteger', isCorrect: false },
        { text: 'Avisar, socorrer, proteger', isCorrect: false },
        { text: 'Proteger, avisar, socorrer', isCorrect: true },
      ],
    },
    {
      type: 'shortText',
      key: 'first-aid-number',
      prompt:
        '¿Qué número de emergencias funciona en toda la Unión Europea? Escríbelo en cifras o con letras.',
      points: 1,
      explanation: 'El 112, gratuito y también desde móviles extranjeros.',
      answers: ['112', 'el 112', 'ciento doce', 'uno uno dos'],
      ignoreCase: true,
      ignoreAccents: true,
    },
    {
      type: 'numeric',
      prompt: '¿Cuántas compresiones por minuto se hacen, como mínimo, en la reanimación de un adulto?',
      points: 1,
      explanation: 'Entre 100 y 120 por minuto.',
      answer: 100,
    },
    {
      type: 'trueFalse',
      prompt: 'Las bocanadas lentas y ruidosas tras una parada cardiaca son una respiración normal.',
      points: 1,
      explanation: 'Es respiración agónica: hay que empezar la reanimación.',
      answer: false,
    },
  ],
};

export const firstAidFinalQuiz: DemoQuiz = {
  passingPercent: 75,
  maxAttempts: 2,
  timeLimitSeconds: 600,
  shuffleQuestions: true,
  showResults: 'afterSubmission',
  questions: [
    {
      type: 'multiple',
      prompt: 'Una persona se atraganta y no puede toser. ¿Qué haces?',
      points: 2,
      explanation: 'Se alternan cinco golpes en la espalda y cinco compresiones abdominales.',
      scoring: 'allOrNothing',
      options: [
        { text: 'Cinco golpes entre los omóplatos', isCorrect: true },
        { text: 'Cinco compresiones abdominales si los golpes no bastan', isCorrect: true },
        { text: 'Darle agua', isCorrect: false },
        { text: 'Buscar el objeto con los dedos a ciegas', isCorrect: false },
      ],
    },
    {
      type: 'numeric',
      prompt: '¿Durante cuántos minutos se enfría una quemadura con agua corriente?',
      points: 1,
      explanation: 'Veinte minutos, con agua fresca y no helada.',
      answer: 20,
    },
    {
      type: 'single',
      prompt: 'A un bebé de ocho meses que se atraganta, ¿dónde le haces las compresiones?',
      points: 1,
      explanation: 'En el pecho. Las compresiones abdominales pueden lesionar sus órganos.',
      options: [
        { text: 'En el abdomen', isCorrect: false },
        { text: 'En el pecho', isCorrect: true },
        { text: 'En la espalda, a la altura de los riñones', isCorrect: false },
      ],
    },
    {
      type: 'trueFalse',
      prompt: 'Si sangra la nariz, hay que echar la cabeza hacia atrás.',
      points: 1,
      explanation: 'Hacia delante, para no tragar la sangre.',
      answer: false,
    },
    {
      type: 'shortText',
      key: 'first-aid-aed',
      prompt: '¿Cómo se llama el aparato que da una descarga cuando el corazón se ha parado y lo necesita?',
      points: 1,
      explanation: 'El desfibrilador externo automático, o DEA.',
      answers: [
        'desfibrilador',
        'el desfibrilador',
        'DEA',
        'desfibrilador automático',
        'desfibrilador externo automático',
      ],
      ignoreCase: true,
      ignoreAccents: true,
    },
    {
      type: 'multiple',
      prompt: '¿Qué **no** se debe poner sobre una quemadura?',
      points: 2,
      explanation: 'Solo agua fresca y después una gasa o film. El hielo y las grasas empeoran la lesión.',
      scoring: 'partial',
      options: [
        { text: 'Hielo', isCorrect: true },
        { text: 'Pasta de dientes', isCorrect: true },
        { text: 'Agua corriente fresca', isCorrect: false },
        { text: 'Una gasa estéril', isCorrect: false },
      ],
    },
  ],
};
