import { allowsDemoData, type Config } from '#platform/config/config.ts';
import type { MailMetrics } from '#platform/metrics.ts';
import { MailError, type MailFailure } from './mail-error.ts';
import type { HandOver, Message } from './message.ts';
import type { OutboxFolder } from './outbox.ts';
import type { SmtpTransport } from './smtp.ts';

export type MailTransport = {
  /** Done once somebody else answers for the message: a mail server, or a file of the outbox. Throws `MailError`. */
  send(message: Message, handOver: HandOver): Promise<void>;
  close(): void;
};

/** Counts what becomes of each message. */
export function countMails(transport: MailTransport, { attempts, seconds }: MailMetrics): MailTransport {
  return {
    ...transport,
    async send(message, handOver) {
      const startedAt = performance.now();
      let outcome: MailFailure | 'sent' = 'temporary';
      try {
        await transport.send(message, handOver);
        outcome = 'sent';
      } catch (error) {
        if (error instanceof MailError) outcome = error.failure;
        throw error;
      } finally {
        attempts.inc({ outcome });
        seconds.observe((performance.now() - startedAt) / 1_000);
      }
    },
  };
}

/** Where messages are written as files: no mail server is set, or everybody in the database is made up. */
export function usesOutbox(config: Config): boolean {
  return config.smtpHost === null || allowsDemoData(config);
}

/** Loads what writes and sends messages with the first of them: a process that sends none never does. */
export function createMailTransport(config: Config): MailTransport {
  let smtp: Promise<SmtpTransport> | undefined;
  const outbox: OutboxFolder = { dataDir: config.dataDir };
  return {
    async send(message, handOver) {
      const { compose } = await import('./compose.ts');
      const bytes = await compose(config, message);
      if (usesOutbox(config)) {
        const { writeToOutbox } = await import('./outbox.ts');
        await handOver.onHandOver();
        await writeToOutbox(outbox, message.id, bytes);
        return;
      }
      smtp ??= import('./smtp.ts').then(({ openSmtp }) => openSmtp(config));
      await (await smtp).send({ to: message.to.address, bytes }, handOver);
    },
    close() {
      void smtp?.then((opened) => opened.close());
    },
  };
}
