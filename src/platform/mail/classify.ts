import { causeOf, type MailServer } from './causes.ts';
import { MailError, type MailFailure } from './mail-error.ts';

/** What the SMTP client says of a failure. */
type SmtpError = { code?: unknown; command?: unknown; responseCode?: unknown; response?: unknown };

/**
 * What a failure of the SMTP client means. `isHandedOver`: the server may have the whole message. The message names the
 * server and what hinders.
 */
export function failureOf(error: unknown, isHandedOver: boolean, { host, port }: MailServer): MailError {
  if (error instanceof MailError) return error;
  const { failure, code, message } = classify(error, isHandedOver);
  const cause = failure === 'temporary' ? causeOf(error) : undefined;
  return new MailError(failure, code, `${host}:${port}: ${cause ?? message}`);
}

function classify(error: unknown, isHandedOver: boolean): MailError {
  const { code, command, responseCode, response } = (error ?? {}) as SmtpError;
  const name = typeof code === 'string' ? code.toLowerCase() : 'failed';
  if (typeof responseCode !== 'number') {
    if (name === 'eenvelope')
      return new MailError('refused', 'address_invalid', 'No mail can go to this address.');
    const failure = isHandedOver ? 'unanswered' : 'temporary';
    return new MailError(failure, `smtp_${name}`, describe(failure, name));
  }
  // 5.1.1 and the like (RFC 3463), where the server sends one.
  const text = typeof response === 'string' ? response : '';
  const status = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1];
  const full = `smtp_${responseCode}${status === undefined ? '' : `_${status}`}`;
  const failure = failureOfAnswer(typeof command === 'string' ? command : '', responseCode, {
    status,
    text,
    name,
  });
  return new MailError(failure, full, describe(failure, full));
}

type Answer = { status: string | undefined; text: string; name: string };

function failureOfAnswer(command: string, responseCode: number, answer: Answer): MailFailure {
  // What is wrong with the connection, the login or the sender is wrong with our settings, not with the message.
  const isOfMessage = answer.name !== 'eauth' && /^(?:RCPT TO|DATA)/.test(command);
  if (responseCode < 500 || !isOfMessage) return 'temporary';
  return isNoMailbox(command, responseCode, answer) ? 'undeliverable' : 'refused';
}

// 5.1.x: no such address; 5.2.1: disabled. Without a status the reply to RCPT TO has to do, but for servers that
// will not relay for us: they would have us believe that nobody has a mailbox.
function isNoMailbox(command: string, responseCode: number, { status, text }: Answer): boolean {
  if (status !== undefined) return /^5\.(?:1\.(?!7$|8$)\d+|2\.1)$/.test(status);
  return command.startsWith('RCPT TO') && [550, 551, 553, 556].includes(responseCode) && !/relay/i.test(text);
}

function describe(failure: MailFailure, code: string): string {
  switch (failure) {
    case 'undeliverable':
      return `The mail server says that there is no such mailbox (${code}).`;
    case 'refused':
      return `The mail server refuses the message (${code}).`;
    case 'temporary':
      return `The mail server cannot be reached or does not take the message now (${code}).`;
    case 'unanswered':
      return `The connection ended before the mail server said whether it has the message (${code}).`;
  }
}
