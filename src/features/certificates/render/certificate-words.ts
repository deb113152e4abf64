/** The words that stand on every certificate. */
export interface CertificateWords {
  direction: 'ltr' | 'rtl';
  title: string;
  /** Above the name. */
  presentedTo: string;
  /** Between name and course. */
  hasCompleted: string;
  date: string;
  number: string;
  verifyAt: string;
}

const WORDS: Record<string, CertificateWords> = {
  en: {
    direction: 'ltr',
    title: 'Certificate of completion',
    presentedTo: 'This certifies that',
    hasCompleted: 'has completed',
    date: 'Date',
    number: 'Number',
    verifyAt: 'Verify at',
  },
  ar: {
    direction: 'rtl',
    title: 'شهادة إتمام',
    // Worded so that neither verb nor adjective has to know the learner's gender.
    presentedTo: 'تُمنح هذه الشهادة إلى',
    hasCompleted: 'لإتمام دورة',
    date: 'التاريخ',
    number: 'الرقم',
    verifyAt: 'للتحقق',
  },
  de: {
    direction: 'ltr',
    title: 'Abschlusszertifikat',
    presentedTo: 'Verliehen an',
    hasCompleted: 'für den Abschluss des Kurses',
    date: 'Datum',
    number: 'Nummer',
    verifyAt: 'Zu prüfen unter',
  },
  es: {
    direction: 'ltr',
    title: 'Certificado de finalización',
    presentedTo: 'Se certifica que',
    hasCompleted: 'ha completado',
    date: 'Fecha',
    number: 'Número',
    verifyAt: 'Verificar en',
  },
};

/** Words for a BCP 47 language, by its primary subtag; English for the rest. */
export function certificateWords(language: string): CertificateWords {
  const [primary = ''] = language.toLowerCase().split('-');
  const words = Object.hasOwn(WORDS, primary) ? WORDS[primary] : undefined;
  return words ?? (WORDS['en'] as CertificateWords);
}
