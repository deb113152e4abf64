import type { MailModels } from '../kinds.ts';
import type { MailContent } from '../words.ts';

export function suspended({ reason, endsAt }: MailModels['suspended'], project: string): MailContent {
  return {
    subject: 'تم تعليق حسابك',
    preheader: 'لا يمكنك تسجيل الدخول في الوقت الحالي.',
    heading: 'تم تعليق حسابك',
    paragraphs: [`علّقت الإدارة حسابك في ${project}. لا يمكنك تسجيل الدخول، وتبقى دوراتك ونتائجك محفوظة.`],
    facts: [
      ...(endsAt === null ? [] : ([['حتى', endsAt]] as const)),
      ...(reason === null ? [] : ([['السبب', reason]] as const)),
    ],
    notes: ['إذا كنت تعتقد أن هذا خطأ، فاكتب إلى الإدارة.'],
  };
}

export function suspensionEnded({ homeUrl }: MailModels['suspensionEnded'], project: string): MailContent {
  return {
    subject: 'يمكنك تسجيل الدخول من جديد',
    preheader: 'لم يعد حسابك معلّقًا.',
    heading: 'يمكنك تسجيل الدخول من جديد',
    paragraphs: [`لم يعد حسابك في ${project} معلّقًا. كل شيء كما تركته.`],
    ...(homeUrl !== null && { button: { label: 'تسجيل الدخول', url: homeUrl } }),
  };
}

export function impersonated(
  { adminName, reason, at }: MailModels['impersonated'],
  project: string,
): MailContent {
  return {
    subject: 'اطّلعت الإدارة على حسابك',
    preheader: 'تجد في الرسالة من قام بذلك وسببه.',
    heading: 'اطّلعت الإدارة على حسابك',
    paragraphs: [
      `يرى أحد مسؤولي ${project} لمدة ربع ساعة على الأكثر ما تراه عند تسجيل دخولك. ولا يمكن بذلك تغيير كلمة مرورك أو عوامل التحقق الثانية أو إجاباتك.`,
    ],
    facts: [
      ['المسؤول', adminName],
      ['منذ', at],
      ['السبب', reason],
    ],
    notes: ['يمكنك إنهاء ذلك في أي وقت من قائمة جلساتك. وإذا كنت ترى أنه غير صحيح، فاكتب إلى الإدارة.'],
  };
}
