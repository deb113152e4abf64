import type { DemoQuiz } from '../types.ts';

export const teaToolsQuiz: DemoQuiz = {
  passingPercent: 60,
  showResults: 'score',
  questions: [
    {
      type: 'multiple',
      prompt: '三千家に含まれるものをすべて選んでください。',
      points: 3,
      explanation: '三千家は表千家・裏千家・武者小路千家です。',
      scoring: 'partial',
      options: [
        { text: '表千家', isCorrect: true },
        { text: '裏千家', isCorrect: true },
        { text: '武者小路千家', isCorrect: true },
        { text: '遠州流', isCorrect: false },
      ],
    },
    {
      type: 'single',
      prompt: '「わび茶」を大成した人物はだれですか。',
      points: 1,
      explanation: '安土桃山時代の千利休です。',
      options: [
        { text: '栄西', isCorrect: false },
        { text: '村田珠光', isCorrect: false },
        { text: '千利休', isCorrect: true },
        { text: '井伊直弼', isCorrect: false },
      ],
    },
    {
      type: 'single',
      prompt: '薄茶用の抹茶を入れる、植物の実に似た形の器は何ですか。',
      points: 1,
      explanation: '棗（なつめ）です。濃茶用の抹茶は茶入に入れます。',
      options: [
        { text: '茶入', isCorrect: false },
        { text: '棗', isCorrect: true },
        { text: '釜', isCorrect: false },
      ],
    },
    {
      type: 'trueFalse',
      prompt: '茶筅は使い終わったら洗剤でよく洗います。',
      points: 1,
      explanation: 'お湯か水だけで洗い、よく乾かします。',
      answer: false,
    },
  ],
};

export const teaFinalQuiz: DemoQuiz = {
  passingPercent: 70,
  shuffleQuestions: true,
  showResults: 'afterSubmission',
  questions: [
    {
      type: 'shortText',
      key: 'tea-once',
      prompt: '「この集まりは一生に一度きり」という意味の四字熟語を書いてください。',
      points: 2,
      explanation: '一期一会（いちごいちえ）です。',
      answers: ['一期一会', 'いちごいちえ', '一期一會'],
    },
    {
      type: 'numeric',
      prompt: '薄茶一人分の抹茶は約何グラムですか。',
      points: 1,
      explanation: '約2グラム、茶杓で二杯ほどです。',
      answer: 2,
      tolerance: 0.5,
    },
    {
      type: 'single',
      prompt: '茶碗を回してから飲むのはなぜですか。',
      points: 2,
      explanation: '美しい正面に口をつけるのを遠慮するためです。',
      options: [
        { text: 'お茶を冷ますため', isCorrect: false },
        { text: '正面を避けて飲むため', isCorrect: true },
        { text: '泡を均一にするため', isCorrect: false },
        { text: '茶碗の重さを確かめるため', isCorrect: false },
      ],
    },
    {
      type: 'trueFalse',
      prompt: 'お菓子は、お茶を飲み終わってから食べます。',
      points: 1,
      explanation: 'お菓子が先です。甘みが抹茶の味を引き立てます。',
      answer: false,
    },
    {
      type: 'multiple',
      prompt: '「和敬清寂」の説明として正しいものをすべて選んでください。',
      points: 2,
      explanation: '和は仲よくすること、敬は相手を敬うこと、清は清らかにすること、寂は動じない静かな心です。',
      scoring: 'allOrNothing',
      options: [
        { text: '和は、心を開いて仲よくすること', isCorrect: true },
        { text: '清は、物も心も清らかにすること', isCorrect: true },
        { text: '敬は、道具に値段をつけること', isCorrect: false },
        { text: '寂は、一人で飲むこと', isCorrect: false },
      ],
    },
  ],
};
