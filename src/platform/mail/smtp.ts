import { Readable } from 'node:stream';
import nodemailer from 'nodemailer';
import type { Config } from '#platform/config/config.ts';
import { failureOf } from './classify.ts';
import { parseMailbox } from './mailbox.ts';
import type { HandOver } from './message.ts';

export type SmtpTransport = {
  send(mail: { to: string; bytes: Buffer }, handOver: HandOver): Promise<void>;
  close(): void;
};

export type SmtpTimes = { connectMs: number; answerMs: number };

// A server that has all of a message may take minutes to answer (RFC 5321, 4.5.3.2.6); one who gives up before
// it does sends it twice.
const patience: SmtpTimes = { connectMs: 15_000, answerMs: 180_000 };
const maxConnections = 4;

/** A pool of connections to SMTP_HOST; none is opened before the first message. */
export function openSmtp(config: Config, times: SmtpTimes = patience): SmtpTransport {
  const server = { host: config.smtpHost ?? '', port: config.smtpPort };
  const from = parseMailbox(config.emailFrom).address;
  const pool = nodemailer.createTransport({
    pool: true,
    ...connectionTo(config, times),
    maxConnections,
    // The job engine tries again; here, it would be a second message of which nothing is recorded.
    maxRequeues: 0,
  });
  return {
    async send({ to, bytes }, { onHandOver, signal }) {
      let isHandedOver = false;
      const content = async function* () {
        await onHandOver();
        isHandedOver = true;
        yield bytes;
      };
      try {
        await pool.sendMail({ envelope: { from, to: [to] }, raw: Readable.from(content()), signal });
      } catch (error) {
        throw failureOf(error, isHandedOver, server);
      }
    },
    close: () => pool.close({ force: true }),
  };
}

/** Connects, by TLS where that is set, and signs in; sends nothing. Rejects with the client's error where that fails. */
export async function verifySmtp(
  config: Config,
  times: SmtpTimes = { connectMs: 10_000, answerMs: 10_000 },
): Promise<void> {
  const transport = nodemailer.createTransport(connectionTo(config, times));
  try {
    await transport.verify();
  } finally {
    transport.close();
  }
}

function connectionTo(config: Config, { connectMs, answerMs }: SmtpTimes) {
  return {
    host: config.smtpHost ?? '',
    port: config.smtpPort,
    secure: config.smtpUseSsl,
    requireTLS: config.smtpUseTls,
    ignoreTLS: !config.smtpUseTls,
    ...(config.smtpUsername !== null && {
      auth: { user: config.smtpUsername, pass: config.smtpPassword ?? '' },
    }),
    tls: { minVersion: 'TLSv1.2' as const },
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    dnsTimeout: connectMs,
    socketTimeout: answerMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
