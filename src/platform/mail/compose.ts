import MailComposer from 'nodemailer/lib/mail-composer';
import type { Config } from '#platform/config/config.ts';
import { parseMailbox, type Mailbox } from './mailbox.ts';
import type { Message } from './message.ts';

/** The message as it travels (RFC 5322), from EMAIL_FROM. */
export function compose(config: Pick<Config, 'emailFrom'>, message: Message): Promise<Buffer> {
  const { messageId, to, subject, text, html, headers, date } = message;
  const composer = new MailComposer({
    from: addressOf(parseMailbox(config.emailFrom)),
    to: addressOf(to),
    subject: oneLine(subject),
    text: withLineEnds(text),
    html: withLineEnds(html),
    headers: { ...headers, 'Auto-Submitted': 'auto-generated' },
    messageId,
    date,
    // Lines of base64 are never too long, and no server on the way has a reason to touch them.
    textEncoding: 'base64',
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: '\r\n',
  });
  return composer.compile().build();
}

function addressOf({ name, address }: Mailbox): Mailbox {
  return { name: oneLine(name), address };
}

// A name or a title must neither begin another header nor pass for an encoded word (RFC 2047), which readers would
// decode. The library folds and encodes what is left.
function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll('=?', '= ?')
    .trim();
}

// As text travels (RFC 2046, section 4.1.1), also within base64.
function withLineEnds(text: string): string {
  return text.replaceAll(/\r?\n/g, '\r\n');
}
