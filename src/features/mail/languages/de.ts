import { accountAccess, emailChange } from '../access-notices/de.ts';
import { impersonated, suspended, suspensionEnded } from '../account-notices/de.ts';
import { secondFactors } from '../factor-notices/de.ts';
import { emailVerification, welcome } from '../registration-notices/de.ts';
import type { MailWords } from '../words.ts';

export const words: MailWords = {
  language: 'de',
  direction: 'ltr',
  greeting: (name) => (name === null ? 'Guten Tag,' : `Guten Tag ${name},`),
  buttonFallback: 'Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse im Browser:',
  footer: (project) => `Sie erhalten diese E-Mail, weil Sie ein Konto bei ${project} haben.`,
  unsubscribe: 'Keine E-Mails dieser Art mehr',
  mails: {
    welcome,
    emailVerification,
    passwordReset: ({ resetUrl, validFor }, project) => ({
      subject: 'Neues Passwort wählen',
      preheader: `Der Link gilt ${validFor} und nur einmal.`,
      heading: 'Neues Passwort wählen',
      paragraphs: [
        `Für Ihr Konto bei ${project} wurde ein neues Passwort angefordert. Falls Sie es waren, wählen Sie es hier:`,
      ],
      button: { label: 'Passwort wählen', url: resetUrl },
      notes: [
        `Der Link gilt ${validFor} und nur einmal.`,
        'Falls Sie es nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.',
      ],
    }),
    invitation: ({ acceptUrl, validFor }, project) => ({
      subject: `Ihr Konto bei ${project}`,
      preheader: 'Es ist eingerichtet. Wählen Sie ein Passwort, um sich anzumelden.',
      heading: `Ihr Konto bei ${project}`,
      paragraphs: [
        `Bei ${project} wurde ein Konto für Sie angelegt. Wählen Sie ein Passwort, und Sie können sich anmelden:`,
      ],
      button: { label: 'Passwort wählen', url: acceptUrl },
      notes: [
        `Der Link gilt ${validFor} und nur einmal.`,
        'Falls Sie das nicht erwartet haben, tun Sie nichts: Ohne Passwort kann niemand das Konto benutzen.',
      ],
    }),
    passwordChanged: ({ changedAt, device, hasOpenSession }, project) => ({
      subject: 'Ihr Passwort wurde geändert',
      preheader: 'Falls Sie es nicht waren, handeln Sie jetzt.',
      heading: 'Ihr Passwort wurde geändert',
      paragraphs: [
        hasOpenSession
          ? `Das Passwort Ihres Kontos bei ${project} wurde geändert, und alle Ihre anderen Sitzungen wurden beendet.`
          : `Das Passwort Ihres Kontos bei ${project} wurde geändert, und alle Ihre Sitzungen wurden beendet.`,
      ],
      facts: [['Geändert', changedAt], ...(device === null ? [] : ([['Gerät', device]] as const))],
      notes: [
        'Falls Sie es nicht waren, fordern Sie sofort ein neues Passwort an und verständigen Sie die Administration.',
      ],
    }),
    emailChange,
    accountAccess,
    secondFactors,
    accountExists: ({ forgottenUrl }, project) => ({
      subject: 'Sie haben bereits ein Konto',
      preheader: 'Jemand wollte sich mit Ihrer Adresse registrieren.',
      heading: 'Sie haben bereits ein Konto',
      paragraphs: [
        `Jemand, vielleicht Sie selbst, wollte sich bei ${project} mit dieser Adresse registrieren. Zu ihr gibt es bereits ein Konto.`,
        'Melden Sie sich mit Ihrem Passwort an. Fordern Sie ein neues an, falls Sie es vergessen haben oder falls es nicht angenommen wird, weil diese Adresse nicht bestätigt war.',
      ],
      ...(forgottenUrl !== null && { button: { label: 'Neues Passwort anfordern', url: forgottenUrl } }),
      notes: ['Falls Sie es nicht waren, tun Sie nichts.'],
    }),
    suspended,
    suspensionEnded,
    impersonated,
    dataExport: ({ exportUrl, availableUntil }, project) => ({
      subject: 'Ihre Daten liegen bereit',
      preheader: `Sie können sie bis ${availableUntil} abholen.`,
      heading: 'Ihre Daten liegen bereit',
      paragraphs: [
        `Alles, was ${project} über Sie speichert, liegt in einem Archiv bereit. Melden Sie sich an, um es abzuholen; nach der unten genannten Zeit wird es entfernt.`,
      ],
      facts: [['Verfügbar bis', availableUntil]],
      ...(exportUrl !== null && { button: { label: 'Daten abholen', url: exportUrl } }),
      notes: [
        'Wenn Sie das nicht angefordert haben, ändern Sie sofort Ihr Passwort und sagen Sie den Administratoren Bescheid.',
      ],
    }),
    enrollment: ({ courseTitle, courseUrl }) => ({
      subject: `Sie sind eingeschrieben: ${courseTitle}`,
      preheader: 'Sie können sofort beginnen.',
      heading: courseTitle,
      paragraphs: ['Sie sind in diesen Kurs eingeschrieben und können sofort beginnen.'],
      ...(courseUrl !== null && { button: { label: 'Zum Kurs', url: courseUrl } }),
    }),
    completion: ({ courseTitle, completedOn, number, isReissue, verifyUrl, pdfUrl }) => ({
      subject: `Ihr Zertifikat: ${courseTitle}`,
      preheader: isReissue ? 'Es ersetzt Ihr früheres Zertifikat.' : 'Sie haben den Kurs abgeschlossen.',
      heading: isReissue ? 'Ihr neues Zertifikat' : 'Herzlichen Glückwunsch!',
      paragraphs: [
        isReissue
          ? 'Ihr Zertifikat wurde neu ausgestellt. Es ersetzt das frühere, das nicht mehr gilt.'
          : 'Sie haben den Kurs abgeschlossen, und Ihr Zertifikat wurde ausgestellt.',
      ],
      facts: [
        ['Kurs', courseTitle],
        ['Abgeschlossen am', completedOn],
        ['Zertifikatsnummer', number],
      ],
      invitation: 'Seine Seite zeigt jedem, dass es echt ist:',
      button: { label: 'Zertifikat anzeigen', url: verifyUrl },
      ...(pdfUrl !== null && { link: { label: 'PDF herunterladen', url: pdfUrl } }),
      ...(pdfUrl === null && { notes: ['Das PDF finden Sie nach der Anmeldung unter Ihren Zertifikaten.'] }),
    }),
    certificateRevoked: ({ courseTitle, number, reason, verifyUrl }) => ({
      subject: `Ihr Zertifikat wurde widerrufen: ${courseTitle}`,
      preheader: 'Es gilt nicht mehr. Der Grund steht in der E-Mail.',
      heading: 'Ihr Zertifikat wurde widerrufen',
      paragraphs: ['Dieses Zertifikat gilt nicht mehr, und seine Seite zeigt das an.'],
      facts: [
        ['Kurs', courseTitle],
        ['Zertifikatsnummer', number],
        ['Grund', reason],
      ],
      button: { label: 'Seite anzeigen', url: verifyUrl },
      notes: ['Falls Sie das für einen Irrtum halten, schreiben Sie der Administration.'],
    }),
    grade: ({ courseTitle, lessonTitle, result, courseUrl }) => ({
      subject: `Ihre Antworten wurden bewertet: ${lessonTitle}`,
      preheader: result === null ? courseTitle : `${result.score} von ${result.maxScore} Punkten`,
      heading: 'Ihre Antworten wurden bewertet',
      paragraphs: ['Ihre Antworten wurden gelesen und bewertet.'],
      facts: [
        ['Kurs', courseTitle],
        ['Quiz', lessonTitle],
        ...(result === null
          ? []
          : ([
              ['Punkte', `${result.score} von ${result.maxScore}`],
              ['Ergebnis', result.isPassed ? 'bestanden' : 'nicht bestanden'],
            ] as const)),
      ],
      ...(courseUrl !== null && { button: { label: 'Zum Kurs', url: courseUrl } }),
    }),
    reminder: ({ courseTitle, progressPercent, courseUrl }) => ({
      subject: `Ihr Kurs wartet: ${courseTitle}`,
      preheader: `Davon haben Sie ${progressPercent} geschafft.`,
      heading: courseTitle,
      paragraphs: [
        `Sie waren eine Weile nicht in diesem Kurs. Davon haben Sie ${progressPercent} geschafft.`,
      ],
      ...(courseUrl !== null && { button: { label: 'Weitermachen', url: courseUrl } }),
    }),
    webhookDisabled: ({ reasonCode, receiver, webhookUrl }) => ({
      subject: 'Ein Webhook wurde abgeschaltet',
      preheader: 'An ihn wird nichts mehr gesendet.',
      heading: 'Ein Webhook wurde abgeschaltet',
      paragraphs: [
        reasonCode === 'gone'
          ? 'Der Empfänger hat geantwortet, dass es ihn nicht mehr gibt (410). Es wird nichts mehr an ihn gesendet.'
          : 'Einen Tag lang sind alle Zustellungen gescheitert. Es wird nichts mehr an ihn gesendet.',
        'Sobald der Empfänger wieder arbeitet, schalten Sie den Webhook ein und lassen Sie das Versäumte neu zustellen.',
      ],
      facts: [['Empfänger', receiver]],
      ...(webhookUrl !== null && { button: { label: 'Webhook anzeigen', url: webhookUrl } }),
    }),
  },
  page: {
    title: 'Abbestellen',
    kinds: {
      enrollment: 'neue Einschreibungen',
      completion: 'Zertifikate',
      certificateRevoked: 'widerrufene Zertifikate',
      grade: 'Bewertungen',
      reminder: 'Kurse, die warten',
      webhookDisabled: 'abgeschaltete Webhooks',
    },
    question: (kind) => `Keine E-Mails mehr über ${kind}?`,
    button: 'Abbestellen',
    doneTitle: 'Abbestellt',
    done: (kind) => `Sie erhalten keine E-Mails mehr über ${kind}.`,
    account: 'In Ihrem Konto können Sie jederzeit wählen, worüber Sie benachrichtigt werden.',
    unknownTitle: 'Dieser Link funktioniert nicht',
    unknown:
      'Er ist unvollständig oder stammt nicht von uns. Öffnen Sie ihn noch einmal aus der E-Mail, oder melden Sie sich an und wählen Sie dort, worüber Sie benachrichtigt werden.',
    signIn: 'Anmelden',
  },
};
