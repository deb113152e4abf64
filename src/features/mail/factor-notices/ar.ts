import { factorNotice } from './notice.ts';

export const secondFactors = factorNotice({
  notices: {
    totpAdded: {
      subject: 'أُضيف تطبيق مصادقة',
      sentence: (project) => `يطلب حسابك في ${project} الآن رمزًا من هذا التطبيق عند تسجيل الدخول.`,
    },
    totpRemoved: {
      subject: 'أُزيل تطبيق المصادقة الخاص بك',
      sentence: (project) => `لم يعد حسابك في ${project} يطلب رموزه.`,
    },
    passkeyAdded: {
      subject: 'أُضيف مفتاح مرور',
      sentence: (project) => `يمكن به تسجيل الدخول إلى حسابك في ${project}.`,
    },
    passkeyRemoved: {
      subject: 'أُزيل مفتاح مرور',
      sentence: (project) => `لم يعد يفتح حسابك في ${project}.`,
    },
    recoveryCodesMade: {
      subject: 'أُنشئت رموز استرداد جديدة',
      sentence: (project) => `لم تعد الرموز السابقة لحسابك في ${project} صالحة.`,
    },
    recoveryCodeUsed: {
      subject: 'استُخدم رمز استرداد',
      sentence: (project) =>
        `استُخدم أحد رموز الاسترداد الخاصة بك في ${project} بدلًا من عاملك الثاني، ولم يعد صالحًا.`,
    },
    removedByAdmin: {
      subject: 'أُزيلت عواملك الثانية',
      sentence: (project) =>
        `أزالت إدارة ${project} تطبيق المصادقة ومفاتيح المرور ورموز الاسترداد الخاصة بك، وأُنهيت جميع جلساتك.`,
    },
    waysRemoved: {
      subject: 'أُمّن حسابك',
      sentence: (project) =>
        `عند وصولك إلى حسابك في ${project} عبر مؤسستك أُزيل كل ما كان يفتحه ولم تختره أنت وحدك: كلمة المرور ومفاتيح المرور وتطبيق المصادقة ومفاتيح API والجلسات، إن وُجدت. سجّل الدخول عبر مؤسستك، أو أعد تعيين كلمة المرور.`,
    },
    passwordRemoved: {
      subject: 'أُزيلت كلمة مرورك',
      sentence: (project) =>
        `لم تعد أي كلمة مرور تفتح حسابك في ${project}، وأُنهيت جميع جلساتك الأخرى. سجّل الدخول بمفتاح مرور أو عبر مؤسستك. إذا لم تكن أنت، فاطلب فورًا كلمة مرور جديدة كما لو أنك نسيتها.`,
    },
    codesRefused: {
      subject: 'يحاول أحدهم تخمين رموزك',
      sentence: (project) =>
        `أُرسلت عدة رموز خاطئة لحسابك في ${project} من شخص يعرف كلمة مرورك أو يملك إحدى جلساتك. إذا لم تكن أنت، فاختر كلمة مرور جديدة.`,
    },
  },
  when: 'الوقت',
  codesLeft: 'رموز الاسترداد المتبقية',
  preheader: 'إذا لم تكن أنت، فتصرّف الآن.',
  alarm: 'إذا لم تكن أنت، فاختر كلمة مرور جديدة فورًا وأبلغ الإدارة.',
});
