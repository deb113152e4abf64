import { pageLanguageOf, type PageLanguage } from '#platform/pages/languages.ts';

export type VerificationStatus = 'valid' | 'revoked' | 'expired';

/** The words of the public verification page in one language. */
export interface VerificationWords {
  language: PageLanguage;
  heading: Record<VerificationStatus | 'notFound', string>;
  explanation: Record<VerificationStatus | 'notFound', string>;
  awardedTo: string;
  /** In place of a name that may not be shown. */
  nameNotShown: string;
  course: string;
  issuer: string;
  completedOn: string;
  issuedOn: string;
  revokedOn: string;
  reason: string;
  number: string;
  address: string;
}

const WORDS: Record<PageLanguage, VerificationWords> = {
  en: {
    language: 'en',
    heading: {
      valid: 'Valid certificate',
      revoked: 'Revoked certificate',
      expired: 'Expired certificate',
      notFound: 'No such certificate',
    },
    explanation: {
      valid: 'This certificate was issued as shown here and is in force.',
      revoked: 'This certificate was withdrawn by its issuer and is no longer in force.',
      expired: 'This certificate was issued as shown here; its validity has ended.',
      notFound:
        'No certificate has been issued under this number. Check it for missing or mistaken characters.',
    },
    awardedTo: 'Awarded to',
    nameNotShown: 'Name not shown',
    course: 'Course',
    issuer: 'Issued by',
    completedOn: 'Completed on',
    issuedOn: 'Issued on',
    revokedOn: 'Revoked on',
    reason: 'Reason',
    number: 'Certificate number',
    address: 'Address of this page',
  },
  ar: {
    language: 'ar',
    heading: {
      valid: 'شهادة صالحة',
      revoked: 'شهادة ملغاة',
      expired: 'شهادة منتهية الصلاحية',
      notFound: 'لا توجد شهادة بهذا الرقم',
    },
    explanation: {
      valid: 'صدرت هذه الشهادة بالبيانات المعروضة هنا، وهي سارية.',
      revoked: 'سحبت الجهة المُصدِرة هذه الشهادة، ولم تعد سارية.',
      expired: 'صدرت هذه الشهادة بالبيانات المعروضة هنا، وقد انتهت مدة صلاحيتها.',
      notFound: 'لم تصدر أي شهادة بهذا الرقم. يُرجى التأكد من عدم وجود أحرف ناقصة أو خاطئة.',
    },
    awardedTo: 'مُنحت إلى',
    nameNotShown: 'الاسم غير معروض',
    course: 'الدورة',
    issuer: 'الجهة المُصدِرة',
    completedOn: 'تاريخ الإتمام',
    issuedOn: 'تاريخ الإصدار',
    revokedOn: 'تاريخ الإلغاء',
    reason: 'السبب',
    number: 'رقم الشهادة',
    address: 'عنوان هذه الصفحة',
  },
  de: {
    language: 'de',
    heading: {
      valid: 'Gültiges Zertifikat',
      revoked: 'Widerrufenes Zertifikat',
      expired: 'Abgelaufenes Zertifikat',
      notFound: 'Kein solches Zertifikat',
    },
    explanation: {
      valid: 'Dieses Zertifikat wurde wie hier angegeben ausgestellt und ist in Kraft.',
      revoked: 'Dieses Zertifikat wurde vom Aussteller zurückgezogen und gilt nicht mehr.',
      expired: 'Dieses Zertifikat wurde wie hier angegeben ausgestellt; seine Gültigkeit ist abgelaufen.',
      notFound:
        'Unter dieser Nummer wurde kein Zertifikat ausgestellt. Prüfen Sie, ob Zeichen fehlen oder verwechselt sind.',
    },
    awardedTo: 'Verliehen an',
    nameNotShown: 'Name wird nicht angezeigt',
    course: 'Kurs',
    issuer: 'Ausgestellt von',
    completedOn: 'Abgeschlossen am',
    issuedOn: 'Ausgestellt am',
    revokedOn: 'Widerrufen am',
    reason: 'Grund',
    number: 'Zertifikatsnummer',
    address: 'Adresse dieser Seite',
  },
  es: {
    language: 'es',
    heading: {
      valid: 'Certificado válido',
      revoked: 'Certificado revocado',
      expired: 'Certificado caducado',
      notFound: 'No existe ese certificado',
    },
    explanation: {
      valid: 'Este certificado se emitió con los datos que se muestran y está vigente.',
      revoked: 'El emisor retiró este certificado, que ya no está vigente.',
      expired: 'Este certificado se emitió con los datos que se muestran; su validez ha terminado.',
      notFound:
        'No se ha emitido ningún certificado con este número. Compruebe si falta o sobra algún carácter.',
    },
    awardedTo: 'Otorgado a',
    nameNotShown: 'Nombre no mostrado',
    course: 'Curso',
    issuer: 'Emitido por',
    completedOn: 'Completado el',
    issuedOn: 'Emitido el',
    revokedOn: 'Revocado el',
    reason: 'Motivo',
    number: 'Número de certificado',
    address: 'Dirección de esta página',
  },
};

/** Words for a BCP 47 locale, by its primary subtag; English for the rest. */
export function verificationWords(locale: string): VerificationWords {
  return WORDS[pageLanguageOf(locale)];
}
