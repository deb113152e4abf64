import { connect } from 'node:net';
import type { Config } from '#platform/config/config.ts';
import { failureOf } from './classify.ts';

const patienceMs = 1_500;

/**
 * Whether SMTP_HOST takes connections, and greets where it begins in the clear. Signs in nowhere and sends nothing.
 * Throws `MailError`.
 */
export async function checkMailServer({
  smtpHost,
  smtpPort: port,
  smtpUseSsl,
}: Pick<Config, 'smtpHost' | 'smtpPort' | 'smtpUseSsl'>): Promise<void> {
  const host = smtpHost ?? '';
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ host, port });
  socket.setTimeout(patienceMs, () => reject(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
  socket.once('error', reject);
  socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNECTION' })));
  if (smtpUseSsl) socket.once('connect', resolve);
  socket.setEncoding('latin1').once('data', (greeting: string) => {
    if (greeting.startsWith('220')) resolve();
    else reject(Object.assign(new Error('refused'), { responseCode: Number(greeting.slice(0, 3)) || 0 }));
  });
  try {
    await promise;
    socket.end('QUIT\r\n');
  } catch (error) {
    throw failureOf(error, false, { host, port });
  } finally {
    socket.on('error', () => {}).setTimeout(patienceMs, () => socket.destroy());
    socket.unref();
  }
}
