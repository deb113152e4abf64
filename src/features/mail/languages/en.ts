import { accountAccess, emailChange } from '../access-notices/en.ts';
import { impersonated, suspended, suspensionEnded } from '../account-notices/en.ts';
import { secondFactors } from '../factor-notices/en.ts';
import { emailVerification, welcome } from '../registration-notices/en.ts';
import type { MailWords } from '../words.ts';

export const words: MailWords = {
  language: 'en',
  direction: 'ltr',
  greeting: (name) => (name === null ? 'Hello,' : `Hello ${name},`),
  buttonFallback: 'If the button does not work, open this address in your browser:',
  footer: (project) => `You get this mail because you have an account at ${project}.`,
  unsubscribe: 'No more mails of this kind',
  mails: {
    welcome,
    emailVerification,
    passwordReset: ({ resetUrl, validFor }, project) => ({
      subject: 'Choose a new password',
      preheader: `The link works once, for ${validFor}.`,
      heading: 'Choose a new password',
      paragraphs: [
        `Somebody asked for a new password for your account at ${project}. If it was you, choose one here:`,
      ],
      button: { label: 'Choose a password', url: resetUrl },
      notes: [
        `The link works once, for ${validFor}.`,
        'If it was not you, do nothing: your password stays as it is.',
      ],
    }),
    invitation: ({ acceptUrl, validFor }, project) => ({
      subject: `Your account at ${project}`,
      preheader: 'It is ready. Choose a password to sign in.',
      heading: `Your account at ${project}`,
      paragraphs: [`An account at ${project} was made for you. Choose a password, and you can sign in:`],
      button: { label: 'Choose a password', url: acceptUrl },
      notes: [
        `The link works once, for ${validFor}.`,
        'If you did not expect this, do nothing: without a password nobody can use the account.',
      ],
    }),
    passwordChanged: ({ changedAt, device, hasOpenSession }, project) => ({
      subject: 'Your password was changed',
      preheader: 'If it was not you, act now.',
      heading: 'Your password was changed',
      paragraphs: [
        hasOpenSession
          ? `The password of your account at ${project} was changed, and all your other sessions have ended.`
          : `The password of your account at ${project} was changed, and all your sessions have ended.`,
      ],
      facts: [['Changed', changedAt], ...(device === null ? [] : ([['Device', device]] as const))],
      notes: ['If it was not you, ask for a new password at once and tell the administrators.'],
    }),
    emailChange,
    accountAccess,
    secondFactors,
    accountExists: ({ forgottenUrl }, project) => ({
      subject: 'You already have an account',
      preheader: 'Somebody tried to register with your address.',
      heading: 'You already have an account',
      paragraphs: [
        `Somebody, perhaps you, tried to register at ${project} with this address. It has an account already.`,
        'Sign in with your password. Ask for a new one if you have forgotten it, or if it is not taken because this address was not confirmed.',
      ],
      ...(forgottenUrl !== null && { button: { label: 'Ask for a new password', url: forgottenUrl } }),
      notes: ['If it was not you, do nothing.'],
    }),
    suspended,
    suspensionEnded,
    impersonated,
    dataExport: ({ exportUrl, availableUntil }, project) => ({
      subject: 'Your data is ready',
      preheader: `You can fetch it until ${availableUntil}.`,
      heading: 'Your data is ready',
      paragraphs: [
        `All that ${project} keeps of you is in one archive. Sign in to fetch it; it is removed after the time below.`,
      ],
      facts: [['Available until', availableUntil]],
      ...(exportUrl !== null && { button: { label: 'Fetch your data', url: exportUrl } }),
      notes: ['If you did not ask for it, change your password at once and tell the administrators.'],
    }),
    enrollment: ({ courseTitle, courseUrl }) => ({
      subject: `You are enrolled: ${courseTitle}`,
      preheader: 'You can begin at once.',
      heading: courseTitle,
      paragraphs: ['You are enrolled in this course and can begin at once.'],
      ...(courseUrl !== null && { button: { label: 'Go to the course', url: courseUrl } }),
    }),
    completion: ({ courseTitle, completedOn, number, isReissue, verifyUrl, pdfUrl }) => ({
      subject: `Your certificate: ${courseTitle}`,
      preheader: isReissue ? 'It replaces your earlier certificate.' : 'You have completed the course.',
      heading: isReissue ? 'Your new certificate' : 'Congratulations!',
      paragraphs: [
        isReissue
          ? 'Your certificate was issued anew. It replaces the earlier one, which no longer holds.'
          : 'You have completed the course, and your certificate has been issued.',
      ],
      facts: [
        ['Course', courseTitle],
        ['Completed on', completedOn],
        ['Certificate number', number],
      ],
      invitation: 'Its page shows anyone that it is genuine:',
      button: { label: 'Show the certificate', url: verifyUrl },
      ...(pdfUrl !== null && { link: { label: 'Get the PDF', url: pdfUrl } }),
      ...(pdfUrl === null && { notes: ['You find the PDF among your certificates when you sign in.'] }),
    }),
    certificateRevoked: ({ courseTitle, number, reason, verifyUrl }) => ({
      subject: `Your certificate was revoked: ${courseTitle}`,
      preheader: 'It no longer holds. The reason is inside.',
      heading: 'Your certificate was revoked',
      paragraphs: ['This certificate no longer holds, and its page says so.'],
      facts: [
        ['Course', courseTitle],
        ['Certificate number', number],
        ['Reason', reason],
      ],
      button: { label: 'Show its page', url: verifyUrl },
      notes: ['If you think that this is a mistake, write to the administrators.'],
    }),
    grade: ({ courseTitle, lessonTitle, result, courseUrl }) => ({
      subject: `Your answers were graded: ${lessonTitle}`,
      preheader: result === null ? courseTitle : `${result.score} of ${result.maxScore} points`,
      heading: 'Your answers were graded',
      paragraphs: ['Somebody has read and graded your answers.'],
      facts: [
        ['Course', courseTitle],
        ['Quiz', lessonTitle],
        ...(result === null
          ? []
          : ([
              ['Points', `${result.score} of ${result.maxScore}`],
              ['Result', result.isPassed ? 'passed' : 'not passed'],
            ] as const)),
      ],
      ...(courseUrl !== null && { button: { label: 'Go to the course', url: courseUrl } }),
    }),
    reminder: ({ courseTitle, progressPercent, courseUrl }) => ({
      subject: `Your course is waiting: ${courseTitle}`,
      preheader: `You have done ${progressPercent} of it.`,
      heading: courseTitle,
      paragraphs: [`You have not been in this course for a while. You have done ${progressPercent} of it.`],
      ...(courseUrl !== null && { button: { label: 'Go on', url: courseUrl } }),
    }),
    webhookDisabled: ({ reasonCode, receiver, webhookUrl }) => ({
      subject: 'A webhook was switched off',
      preheader: 'Nothing more is sent to it.',
      heading: 'A webhook was switched off',
      paragraphs: [
        reasonCode === 'gone'
          ? 'Its receiver answered that it is gone for good (410), so nothing more is sent to it.'
          : 'For a day nothing but failures came of it, so nothing more is sent to it.',
        'Once the receiver works again, switch the webhook on and have what was missed delivered again.',
      ],
      facts: [['Receiver', receiver]],
      ...(webhookUrl !== null && { button: { label: 'Show the webhook', url: webhookUrl } }),
    }),
  },
  page: {
    title: 'Unsubscribe',
    kinds: {
      enrollment: 'new enrollments',
      completion: 'certificates',
      certificateRevoked: 'revoked certificates',
      grade: 'grades',
      reminder: 'courses that are waiting',
      webhookDisabled: 'webhooks that were switched off',
    },
    question: (kind) => `No more mails about ${kind}?`,
    button: 'Unsubscribe',
    doneTitle: 'Unsubscribed',
    done: (kind) => `You will get no more mails about ${kind}.`,
    account: 'In your account you can choose what you are told of, at any time.',
    unknownTitle: 'This link does not work',
    unknown:
      'It is incomplete, or was not made by us. Open it again from the mail, or sign in and choose there what you are told of.',
    signIn: 'Sign in',
  },
};
