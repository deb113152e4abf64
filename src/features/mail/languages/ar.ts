import { accountAccess, emailChange } from '../access-notices/ar.ts';
import { impersonated, suspended, suspensionEnded } from '../account-notices/ar.ts';
import { secondFactors } from '../factor-notices/ar.ts';
import { emailVerification, welcome } from '../registration-notices/ar.ts';
import type { MailWords } from '../words.ts';

export const words: MailWords = {
  language: 'ar',
  direction: 'rtl',
  greeting: (name) => (name === null ? 'مرحبًا،' : `مرحبًا ${name}،`),
  buttonFallback: 'إذا لم يعمل الزر، فافتح هذا العنوان في المتصفح:',
  footer: (project) => `تصلك هذه الرسالة لأن لديك حسابًا في ${project}.`,
  unsubscribe: 'إيقاف هذا النوع من الرسائل',
  mails: {
    welcome,
    emailVerification,
    passwordReset: ({ resetUrl, validFor }, project) => ({
      subject: 'اختر كلمة مرور جديدة',
      preheader: `الرابط صالح مرة واحدة، ومدة صلاحيته: ${validFor}.`,
      heading: 'اختر كلمة مرور جديدة',
      paragraphs: [`طُلبت كلمة مرور جديدة لحسابك في ${project}. إذا كنت أنت من طلبها، فاخترها هنا:`],
      button: { label: 'اختيار كلمة المرور', url: resetUrl },
      notes: [
        `الرابط صالح مرة واحدة، ومدة صلاحيته: ${validFor}.`,
        'إذا لم تكن أنت، فلا تفعل شيئًا: تبقى كلمة مرورك كما هي.',
      ],
    }),
    invitation: ({ acceptUrl, validFor }, project) => ({
      subject: `حسابك في ${project}`,
      preheader: 'حسابك جاهز. اختر كلمة مرور لتسجيل الدخول.',
      heading: `حسابك في ${project}`,
      paragraphs: [`أُنشئ لك حساب في ${project}. اختر كلمة مرور لتتمكن من تسجيل الدخول:`],
      button: { label: 'اختيار كلمة المرور', url: acceptUrl },
      notes: [
        `الرابط صالح مرة واحدة، ومدة صلاحيته: ${validFor}.`,
        'إذا لم تكن تتوقع ذلك، فلا تفعل شيئًا: لا يمكن لأحد استخدام الحساب بلا كلمة مرور.',
      ],
    }),
    passwordChanged: ({ changedAt, device, hasOpenSession }, project) => ({
      subject: 'تم تغيير كلمة مرورك',
      preheader: 'إذا لم تكن أنت، فتصرّف الآن.',
      heading: 'تم تغيير كلمة مرورك',
      paragraphs: [
        hasOpenSession
          ? `تم تغيير كلمة مرور حسابك في ${project}، وأُنهيت جميع جلساتك الأخرى.`
          : `تم تغيير كلمة مرور حسابك في ${project}، وأُنهيت جميع جلساتك.`,
      ],
      facts: [['وقت التغيير', changedAt], ...(device === null ? [] : ([['الجهاز', device]] as const))],
      notes: ['إذا لم تكن أنت، فاطلب كلمة مرور جديدة فورًا وأبلغ الإدارة.'],
    }),
    emailChange,
    accountAccess,
    secondFactors,
    accountExists: ({ forgottenUrl }, project) => ({
      subject: 'لديك حساب بالفعل',
      preheader: 'حاول أحدهم التسجيل بعنوانك.',
      heading: 'لديك حساب بالفعل',
      paragraphs: [
        `حاول أحدهم، وربما أنت، التسجيل في ${project} بهذا العنوان. يوجد حساب بهذا العنوان بالفعل.`,
        'سجّل الدخول بكلمة مرورك. اطلب كلمة مرور جديدة إن نسيتها، أو إن لم تُقبل لأن هذا العنوان لم يؤكَّد.',
      ],
      ...(forgottenUrl !== null && { button: { label: 'طلب كلمة مرور جديدة', url: forgottenUrl } }),
      notes: ['إذا لم تكن أنت، فلا تفعل شيئًا.'],
    }),
    suspended,
    suspensionEnded,
    impersonated,
    dataExport: ({ exportUrl, availableUntil }, project) => ({
      subject: 'بياناتك جاهزة',
      preheader: `يمكنك تنزيلها حتى ${availableUntil}.`,
      heading: 'بياناتك جاهزة',
      paragraphs: [
        `كل ما يحفظه ${project} عنك موجود في أرشيف واحد. سجّل الدخول لتنزيله؛ ويُحذف بعد الوقت المذكور أدناه.`,
      ],
      facts: [['متاح حتى', availableUntil]],
      ...(exportUrl !== null && { button: { label: 'تنزيل بياناتك', url: exportUrl } }),
      notes: ['إن لم تطلب ذلك فغيّر كلمة مرورك فورًا وأخبر المسؤولين.'],
    }),
    enrollment: ({ courseTitle, courseUrl }) => ({
      subject: `تم تسجيلك في الدورة: ${courseTitle}`,
      preheader: 'يمكنك البدء فورًا.',
      heading: courseTitle,
      paragraphs: ['تم تسجيلك في هذه الدورة، ويمكنك البدء فورًا.'],
      ...(courseUrl !== null && { button: { label: 'الذهاب إلى الدورة', url: courseUrl } }),
    }),
    completion: ({ courseTitle, completedOn, number, isReissue, verifyUrl, pdfUrl }) => ({
      subject: `شهادتك: ${courseTitle}`,
      preheader: isReissue ? 'تحل محل شهادتك السابقة.' : 'لقد أتممت الدورة.',
      heading: isReissue ? 'شهادتك الجديدة' : 'تهانينا!',
      paragraphs: [
        isReissue
          ? 'أُصدرت شهادتك من جديد، وهي تحل محل الشهادة السابقة التي لم تعد سارية.'
          : 'لقد أتممت الدورة، وصدرت شهادتك.',
      ],
      facts: [
        ['الدورة', courseTitle],
        ['تاريخ الإتمام', completedOn],
        ['رقم الشهادة', number],
      ],
      invitation: 'تُظهر صفحتها لأي شخص أنها أصلية:',
      button: { label: 'عرض الشهادة', url: verifyUrl },
      ...(pdfUrl !== null && { link: { label: 'تنزيل ملف PDF', url: pdfUrl } }),
      ...(pdfUrl === null && { notes: ['تجد ملف PDF ضمن شهاداتك بعد تسجيل الدخول.'] }),
    }),
    certificateRevoked: ({ courseTitle, number, reason, verifyUrl }) => ({
      subject: `أُلغيت شهادتك: ${courseTitle}`,
      preheader: 'لم تعد سارية. تجد السبب في الرسالة.',
      heading: 'أُلغيت شهادتك',
      paragraphs: ['لم تعد هذه الشهادة سارية، وصفحتها تُظهر ذلك.'],
      facts: [
        ['الدورة', courseTitle],
        ['رقم الشهادة', number],
        ['السبب', reason],
      ],
      button: { label: 'عرض صفحتها', url: verifyUrl },
      notes: ['إذا كنت ترى أن هذا خطأ، فاكتب إلى الإدارة.'],
    }),
    grade: ({ courseTitle, lessonTitle, result, courseUrl }) => ({
      subject: `تم تصحيح إجاباتك: ${lessonTitle}`,
      preheader: result === null ? courseTitle : `${result.score} من ${result.maxScore} نقطة`,
      heading: 'تم تصحيح إجاباتك',
      paragraphs: ['قُرئت إجاباتك وصُحّحت.'],
      facts: [
        ['الدورة', courseTitle],
        ['الاختبار', lessonTitle],
        ...(result === null
          ? []
          : ([
              ['النقاط', `${result.score} من ${result.maxScore}`],
              ['النتيجة', result.isPassed ? 'ناجح' : 'غير ناجح'],
            ] as const)),
      ],
      ...(courseUrl !== null && { button: { label: 'الذهاب إلى الدورة', url: courseUrl } }),
    }),
    reminder: ({ courseTitle, progressPercent, courseUrl }) => ({
      subject: `دورتك في انتظارك: ${courseTitle}`,
      preheader: `أنجزت منها ${progressPercent}.`,
      heading: courseTitle,
      paragraphs: [`لم تدخل هذه الدورة منذ مدة. أنجزت منها ${progressPercent}.`],
      ...(courseUrl !== null && { button: { label: 'المتابعة', url: courseUrl } }),
    }),
    webhookDisabled: ({ reasonCode, receiver, webhookUrl }) => ({
      subject: 'تم إيقاف ويب هوك',
      preheader: 'لن يُرسل إليه شيء بعد الآن.',
      heading: 'تم إيقاف ويب هوك',
      paragraphs: [
        reasonCode === 'gone'
          ? 'أجاب المستقبِل بأنه لم يعد موجودًا (410)، ولذلك لن يُرسل إليه شيء بعد الآن.'
          : 'فشلت جميع عمليات التسليم طوال يوم كامل، ولذلك لن يُرسل إليه شيء بعد الآن.',
        'عندما يعمل المستقبِل من جديد، فعّل الويب هوك وأعد تسليم ما فات.',
      ],
      facts: [['المستقبِل', receiver]],
      ...(webhookUrl !== null && { button: { label: 'عرض الويب هوك', url: webhookUrl } }),
    }),
  },
  page: {
    title: 'إلغاء الاشتراك',
    kinds: {
      enrollment: 'التسجيل في الدورات',
      completion: 'الشهادات',
      certificateRevoked: 'الشهادات الملغاة',
      grade: 'الدرجات',
      reminder: 'الدورات التي تنتظرك',
      webhookDisabled: 'إيقاف الويب هوك',
    },
    question: (kind) => `هل تريد إيقاف الرسائل عن ${kind}؟`,
    button: 'إلغاء الاشتراك',
    doneTitle: 'تم إلغاء الاشتراك',
    done: (kind) => `لن تصلك بعد الآن رسائل عن ${kind}.`,
    account: 'يمكنك في حسابك اختيار ما تُبلَّغ به في أي وقت.',
    unknownTitle: 'هذا الرابط لا يعمل',
    unknown: 'الرابط ناقص أو لم يصدر عنا. افتحه مرة أخرى من الرسالة، أو سجّل الدخول واختر هناك ما تُبلَّغ به.',
    signIn: 'تسجيل الدخول',
  },
};
