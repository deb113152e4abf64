import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { buffer } from 'node:stream/consumers';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export type Received = {
  to: string;
  raw: string;
  mail: ParsedMail;
  isSecure: boolean;
  user: string | undefined;
  /** Which connection it came over. */
  connection: string;
};

/** What the server does about one message, or one recipient: takes it, or answers with this. */
export type Answer = 'take' | 'drop' | { code: number; text: string };

export type SmtpServer = {
  port: number;
  /** Messages that arrived whole, taken or not. */
  received: Received[];
  /** Those that it answered for. */
  taken: Received[];
  connections(): number;
  stop(): Promise<void>;
};

export type SmtpBehaviour = {
  onRecipient?: (address: string) => Answer | Promise<Answer>;
  /** Awaited before the final answer. */
  onMessage?: (received: Received) => Answer | Promise<Answer>;
  port?: number;
  host?: string;
} & Pick<SMTPServerOptions, 'secure' | 'key' | 'cert' | 'disabledCommands' | 'onAuth' | 'authOptional'>;

/** A real SMTP server, on 127.0.0.1 and in the clear unless told otherwise. It ends with the test, if one is given. */
export async function startSmtpServer(behaviour: SmtpBehaviour = {}, t?: TestContext): Promise<SmtpServer> {
  const { onRecipient, onMessage, port = 0, host = '127.0.0.1', ...options } = behaviour;
  const received: Received[] = [];
  const taken: Received[] = [];
  let connections = 0;
  const server: SMTPServer = new SMTPServer({
    authOptional: true,
    disabledCommands: options.cert === undefined ? ['STARTTLS', 'AUTH'] : [],
    logger: false,
    closeTimeout: 200,
    ...options,
    onConnect(_session, callback) {
      connections += 1;
      callback();
    },
    onRcptTo({ address }, _session, callback) {
      const finish = async () => {
        const answer = (await onRecipient?.(address)) ?? 'take';
        callback(typeof answer === 'object' ? smtpError(answer) : null);
      };
      void finish().catch((error: unknown) => server.emit('error', error as Error));
    },
    onData(stream, session, callback) {
      const finish = async () => {
        const bytes = await buffer(stream);
        const one: Received = {
          to: session.envelope.rcptTo[0]?.address ?? '',
          raw: bytes.toString('latin1'),
          mail: await simpleParser(bytes),
          isSecure: session.secure,
          user: session.user,
          connection: session.id,
        };
        received.push(one);
        const answer = (await onMessage?.(one)) ?? 'take';
        if (answer === 'drop') {
          for (const connection of server.connections) connection.close();
          return;
        }
        if (answer === 'take') taken.push(one);
        callback(typeof answer === 'object' ? smtpError(answer) : null);
      };
      void finish().catch((error: unknown) => server.emit('error', error as Error));
    },
  });
  // A client that breaks off is no fault of the test's.
  server.on('error', () => {});
  server.listen(port, host);
  await once(server.server, 'listening');
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  t?.after(stop);
  const address = server.server.address() as AddressInfo;
  return { port: address.port, received, taken, connections: () => connections, stop };
}

function smtpError({ code, text }: { code: number; text: string }): Error {
  return Object.assign(new Error(text), { responseCode: code });
}
