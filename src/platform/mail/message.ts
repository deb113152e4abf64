import type { Mailbox } from './mailbox.ts';

export type Message = {
  /** Names the file in the outbox. */
  id: string;
  /** With its angle brackets. The same each time this message is sent. */
  messageId: string;
  to: Mailbox;
  subject: string;
  text: string;
  html: string;
  headers: Readonly<Record<string, string>>;
  date: Date;
};

export type HandOver = {
  /** Awaited before the first byte of the message leaves; where it throws, nothing of it does. */
  onHandOver: () => Promise<void>;
  signal: AbortSignal;
};
