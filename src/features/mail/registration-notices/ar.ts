import { verificationOf, welcomeOf, type RegistrationWords } from './notice.ts';

const words: RegistrationWords = {
  welcome: (project) => `مرحبًا بك في ${project}`,
  welcomeAndConfirm: (project) => `مرحبًا بك في ${project}: أكّد عنوانك`,
  isReady: 'حسابك جاهز.',
  signIn: 'تسجيل الدخول',
  noPassword: 'إذا لم تكن لديك كلمة مرور بعد، فاطلب كلمة مرور جديدة عند تسجيل الدخول.',
  confirm: {
    subject: 'أكّد عنوانك',
    preheader: 'نقرة واحدة تثبت أن هذا العنوان لك.',
    sentence: 'يُرجى تأكيد أن هذا العنوان لك:',
    button: 'تأكيد العنوان',
  },
  registered: (project) => `سجّل أحدهم، ونرجو أن تكون أنت، في ${project} بهذا العنوان.`,
  when: 'وقت التسجيل',
  ifMe: 'إذا كنت أنت، فيُرجى تأكيد أن هذا العنوان لك:',
  notMe: 'لم أكن أنا',
  ifNotMe:
    'إذا لم تكن أنت، فلا تؤكّد: من سجّل اختار كلمة مرور. يؤدي الرابط «لم أكن أنا» إلى إغلاق الحساب، ثم يُمحى لاحقًا.',
  validFor: (span) => `مدة صلاحية الرابط: ${span}.`,
  ignore: 'إذا لم تطلب ذلك، فلا تفعل شيئًا.',
};

export const welcome = welcomeOf(words);
export const emailVerification = verificationOf(words);
