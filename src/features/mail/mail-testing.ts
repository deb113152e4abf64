import { startTestServer, type TestServer } from '#test/server.ts';
import { startSmtpServer, type Received, type SmtpBehaviour, type SmtpServer } from '#test/smtp.ts';

export type MailSystem = {
  server: TestServer;
  smtp: SmtpServer;
  /** Runs all jobs that are due. */
  runMails(): Promise<void>;
  /** What was taken for this address since the last call for it. */
  takenFor(email: string): Received[];
  rows(userId: string): Promise<{ kind: string; state: string; error: string | null; attempts: number }[]>;
  stop(): Promise<void>;
};

/** The API and its worker with a mail server of its own. `behaviour` may change between mails. */
export async function startMailSystem(
  behaviour: SmtpBehaviour = {},
  env: Record<string, string> = {},
): Promise<MailSystem> {
  const smtp = await startSmtpServer(behaviour);
  const server = await startTestServer({
    env: {
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(smtp.port),
      EMAIL_FROM: 'Academy <learn@learn.example.edu>',
      PUBLIC_URL: 'https://learn.example.edu',
      ...env,
    },
  });
  const { db } = server.open.deps;
  const seen = new Set<Received>();
  return {
    server,
    smtp,
    runMails: () => server.runJobs(),
    takenFor(email) {
      const fresh = smtp.taken.filter((one) => one.to === email && !seen.has(one));
      for (const one of fresh) seen.add(one);
      return fresh;
    },
    rows: (userId) =>
      db
        .selectFrom('mail')
        .select(['kind', 'state', 'error', 'attempts'])
        .where('user_id', '=', userId)
        .orderBy('id')
        .execute(),
    async stop() {
      await server.stop();
      await smtp.stop();
    },
  };
}
