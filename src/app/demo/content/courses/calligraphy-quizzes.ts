import type { DemoQuiz } from '../types.ts';

export const calligraphyToolsQuiz: DemoQuiz = {
  passingPercent: 60,
  showResults: 'afterSubmission',
  questions: [
    {
      type: 'numeric',
      prompt: 'كم عدد الحروف التي لا تتصل بما بعدها؟',
      points: 1,
      explanation: 'هي ستة: الألف والدال والذال والراء والزاي والواو.',
      answer: 6,
    },
    {
      type: 'single',
      prompt: 'ما المرحلة التي يُقطع فيها طرف القلم بزاوية مائلة؟',
      points: 1,
      explanation: 'القطّ هو آخر مراحل البري، وعليه يتوقف غلظ الخط ورقته.',
      options: [
        { text: 'الفتح', isCorrect: false },
        { text: 'النحت', isCorrect: false },
        { text: 'الشق', isCorrect: false },
        { text: 'القطّ', isCorrect: true },
      ],
    },
    {
      type: 'trueFalse',
      prompt: 'الورق المقهّر هو ورق عادي يتشرب الحبر.',
      points: 1,
      explanation: 'بل هو ورق مطلي ومصقول، ولذلك يمكن تصحيح الخطأ عليه.',
      answer: false,
    },
    {
      type: 'multiple',
      prompt: 'ممّ كان الحبر الأسود التقليدي يُصنع؟',
      points: 2,
      explanation: 'من السخام والصمغ العربي والماء.',
      scoring: 'partial',
      options: [
        { text: 'السخام', isCorrect: true },
        { text: 'الصمغ العربي', isCorrect: true },
        { text: 'زيت الزيتون', isCorrect: false },
        { text: 'خيوط الحرير', isCorrect: false },
      ],
    },
  ],
};

export const calligraphyFinalQuiz: DemoQuiz = {
  passingPercent: 60,
  maxAttempts: 3,
  timeLimitSeconds: 1200,
  shuffleQuestions: true,
  showResults: 'afterPass',
  questions: [
    {
      type: 'shortText',
      key: 'calligraphy-unit',
      prompt: 'ما وحدة القياس التي تُقاس بها الحروف؟',
      points: 2,
      explanation: 'النقطة التي يرسمها القلم نفسه.',
      answers: ['النقطة', 'نقطة', 'النقطه', 'نقطه'],
      ignoreAccents: true,
    },
    {
      type: 'numeric',
      prompt: 'كم نقطةً طول الألف في خط الثلث كما ورد في الدرس؟',
      points: 1,
      explanation: 'سبع نقاط في الثلث، وخمس في النسخ، وثلاث في الرقعة.',
      answer: 7,
    },
    {
      type: 'single',
      prompt: 'من الخطاط الذي تُنسب إليه قواعد الخط المنسوب؟',
      points: 1,
      explanation: 'ابن مقلة، المتوفى سنة 940م.',
      options: [
        { text: 'ابن مقلة', isCorrect: true },
        { text: 'ابن البواب', isCorrect: false },
        { text: 'ياقوت المستعصمي', isCorrect: false },
        { text: 'ممتاز أفندي', isCorrect: false },
      ],
    },
    {
      type: 'multiple',
      prompt: 'أيّ هذه الخطوط من الأقلام الستة؟',
      points: 3,
      explanation:
        'الأقلام الستة: الثلث والنسخ والمحقق والريحان والتوقيع والرقاع. أما الديواني والرقعة فظهرا بعدها.',
      scoring: 'allOrNothing',
      options: [
        { text: 'الثلث', isCorrect: true },
        { text: 'المحقق', isCorrect: true },
        { text: 'التوقيع', isCorrect: true },
        { text: 'الديواني', isCorrect: false },
        { text: 'الرقعة', isCorrect: false },
      ],
    },
    {
      type: 'single',
      prompt: 'أيّ خط تختار لكتاب طويل يُقرأ ساعات؟',
      points: 2,
      explanation: 'النسخ، لوضوحه وسهولة قراءته.',
      options: [
        { text: 'الثلث', isCorrect: false },
        { text: 'النسخ', isCorrect: true },
        { text: 'الديواني', isCorrect: false },
      ],
    },
    {
      type: 'trueFalse',
      prompt: 'خط النستعليق شائع في كتابة الشعر الفارسي.',
      points: 1,
      explanation: 'صحيح، وكلماته تنحدر نحو السطر.',
      answer: true,
    },
  ],
};
