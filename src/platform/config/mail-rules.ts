import type { Draft } from './draft.ts';
import { isLoopback } from './loopback.ts';
import { isStrict } from './settings.ts';

/** What holds among the settings of mail. */
export function checkMail(draft: Draft): void {
  const { values, given, reasons, warnings } = draft;
  if (given.has('smtpUseTls') && values.smtpUseTls && values.smtpUseSsl) {
    reasons.push('SMTP_USE_TLS and SMTP_USE_SSL are both true: keep the one that the mail server offers');
  }
  const isUnreadable =
    (values.smtpUsername === null && given.has('smtpUsername')) ||
    (values.smtpPassword === null && given.has('smtpPassword'));
  if (!isUnreadable && given.has('smtpUsername') !== given.has('smtpPassword')) {
    const missing = given.has('smtpUsername') ? 'SMTP_PASSWORD' : 'SMTP_USERNAME';
    reasons.push(`${missing} is missing: set both the name and the password for the mail server, or neither`);
  }
  checkOutboxPage(draft);
  if (values.smtpHost !== null) checkServer(draft);
  else if (!given.has('smtpHost')) warnOfNoServer(draft);
  const hasDemoData = !isStrict(values.environment) && (values.demoMode ?? values.databaseUrl === null);
  if (values.smtpHost !== null && hasDemoData) {
    warnings.push(
      'SMTP_HOST is not used, since the addresses of the demo academy are made up: mails are written into DATA_DIR/outbox unless DEMO_MODE is false',
    );
  }
}

function checkServer({ values, given, reasons, warnings }: Draft): void {
  if (isStrict(values.environment) && !given.has('emailFrom')) {
    reasons.push(
      'EMAIL_FROM is missing, and SMTP_HOST is set: set it to the address that your mails come from',
    );
  }
  const isOpen = !values.smtpUseTls && !values.smtpUseSsl && !isLoopback(values.smtpHost ?? '');
  if (!isOpen || !isStrict(values.environment)) return;
  const isLogin = values.smtpUsername !== null && values.environment === 'production';
  const what = isLogin ? 'the password of the mail server' : 'mails, and the links to accounts in them,';
  const text = `SMTP_USE_TLS and SMTP_USE_SSL are both false: ${what} would be open to eavesdroppers`;
  if (isLogin) reasons.push(text);
  else warnings.push(text);
}

function warnOfNoServer({ values, given, warnings }: Draft): void {
  const useless = [
    ['smtpPort', 'SMTP_PORT'],
    ['smtpUsername', 'SMTP_USERNAME'],
    ['smtpPassword', 'SMTP_PASSWORD'],
  ].flatMap(([key = '', name = '']) => (given.has(key) ? [name] : []));
  if (useless.length > 0) warnings.push(`${useless.join(', ')} without SMTP_HOST: no mail server is used`);
  if (values.environment === 'staging') {
    warnings.push('SMTP_HOST is not set: mails are written into DATA_DIR/outbox and reach nobody');
  }
}

function checkOutboxPage({ values, reasons, warnings }: Draft): void {
  if (!values.outboxPageEnabled) return;
  if (isStrict(values.environment)) {
    reasons.push(
      `OUTBOX_PAGE_ENABLED would show everybody's mail, which ${values.environment} must not: remove it`,
    );
  } else if (!isLoopback(values.host)) {
    warnings.push(
      `OUTBOX_PAGE_ENABLED is true and HOST is ${values.host}: whoever reaches this machine reads the mail in DATA_DIR/outbox, links for new passwords included`,
    );
  }
}
