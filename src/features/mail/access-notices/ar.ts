import { accessNotice, addressNotice, type AccountNoticeWords } from './notice.ts';

const words: AccountNoticeWords = {
  addresses: {
    confirm: {
      subject: 'أكّد عنوانك الجديد',
      sentence: (project) =>
        `يريد أحدهم، ونرجو أن تكون أنت، هذا العنوان لحساب في ${project}. بعد تأكيده تصل الرسائل إلى هنا وتسجّل الدخول به.`,
    },
    asked: {
      subject: 'طُلب عنوان آخر لحسابك',
      sentence: (project) =>
        `طلب شخص سجّل الدخول إلى حسابك في ${project} عنوانًا آخر. يصبح ساريًا بعد تأكيده هناك. إن كنت أنت، فلا يلزمك فعل شيء.`,
    },
    changed: {
      subject: 'تم تغيير عنوانك',
      sentence: (project) =>
        `لحسابك في ${project} عنوان آخر تصل إليه الرسائل من الآن. إن كنت أنت، فلا يلزمك فعل شيء.`,
    },
    changedByAdmin: {
      subject: 'غيّرت الإدارة عنوانك',
      sentence: (project) => `غيّرت إدارة ${project} عنوان حسابك.`,
    },
    wanted: {
      subject: 'يريد أحدهم استخدام عنوانك',
      sentence: (project) =>
        `طلب أحدهم، وربما أنت، استخدام هذا العنوان لحساب آخر في ${project}. العنوان تابع لحسابك، ولم يتغيّر شيء.`,
    },
  },
  confirm: 'تأكيد العنوان',
  stop: 'إذا لم تكن أنت، فأوقف ذلك: تنتهي جميع الجلسات، ويعود هذا العنوان ساريًا، وتختار كلمة مرور جديدة.',
  notMe: 'لم أكن أنا',
  validFor: (span) => `يعمل الرابط مرة واحدة، خلال ${span}.`,
  newAddress: 'العنوان الجديد',
  ignore: 'إذا لم تكن أنت، فلا تفعل شيئًا.',
  access: {
    apiKeyCreated: {
      subject: 'أُنشئ مفتاح API',
      sentence: (project) => `يمكن لبرنامج أن يعمل به نيابةً عنك في ${project} إلى أن تلغيه أو تنتهي صلاحيته.`,
    },
    apiKeyRotated: {
      subject: 'لمفتاح API سرّ جديد',
      sentence: (project) =>
        `يمكن لبرنامج أن يعمل به نيابةً عنك في ${project}. يبقى السرّ السابق صالحًا 24 ساعة أخرى.`,
    },
    identityLinked: {
      subject: 'رُبطت طريقة أخرى لتسجيل الدخول',
      sentence: (project) => `من الآن يمكن تسجيل الدخول إلى حسابك في ${project} عبر هذا المزوّد.`,
    },
    erasureRequested: {
      subject: 'سيُمحى حسابك',
      sentence: (project) =>
        `طلب أحدهم محو حسابك في ${project} مع كل ما هو محفوظ عنك. يمكن التراجع عن ذلك حتى موعده.`,
    },
  },
  name: 'الاسم',
  when: 'الوقت',
  endsAt: 'موعد المحو',
  preheader: 'إذا لم تكن أنت، فتصرّف الآن.',
  alarm: 'إذا لم تكن أنت، فاختر كلمة مرور جديدة فورًا وأبلغ الإدارة.',
};

export const emailChange = addressNotice(words);
export const accountAccess = accessNotice(words);
