import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Config } from '#platform/config/config.ts';
import { isPrivateHost } from '#platform/config/private-hosts.ts';
import { openFileStore } from '#platform/files/open-store.ts';
import { createLogger } from '#platform/log.ts';
import { usesOutbox } from '#platform/mail/transport.ts';
import { askRedisOnce } from '#platform/redis.ts';
import { failed, fine, skipped, warning, type Finding } from './finding.ts';

const probeText = 'written by "lms doctor", and removed at once';

export async function checkRedis({ redisUrl }: Config): Promise<Finding[]> {
  if (redisUrl === null) return [skipped('redis', 'REDIS_URL is not set: its work is done in each process')];
  const url = URL.parse(redisUrl);
  try {
    const { version, answerMs } = await askRedisOnce(redisUrl);
    const detail = `Redis ${version}, answers in ${answerMs.toFixed(1)} ms`;
    const isOpen = url?.protocol === 'redis:' && !isPrivateHost(url.hostname);
    return [
      isOpen
        ? warning('redis', `${detail}, without TLS`, 'Begin REDIS_URL with rediss://.')
        : fine('redis', detail),
    ];
  } catch (error) {
    const code = isTooOld(error) ? 'older than 6' : codeOf(error);
    return [failed('redis', `does not answer at ${url?.host} (${code})`, adviceOnRedis(code))];
  }
}

/** The client begins with HELLO, which is known since Redis 6. */
function isTooOld(error: unknown): boolean {
  return error instanceof Error && /^ERR unknown command .?HELLO/i.test(error.message);
}

function adviceOnRedis(code: string): string {
  if (code === 'older than 6') return 'Upgrade it: the program needs Redis 6 or newer.';
  return /^(?:NOAUTH|WRONGPASS|NOPERM|ERR)$/.test(code)
    ? 'Correct the user and the password in REDIS_URL.'
    : 'Check REDIS_URL, that Redis runs there, and that it takes connections from here. Until then each process counts for itself.';
}

/** Reaches the mail server, by TLS where that is set, and signs in; sends nothing. */
export async function checkMail(config: Config): Promise<Finding[]> {
  if (usesOutbox(config))
    return [skipped('mail', 'no mail server is used: mails are written into DATA_DIR/outbox')];
  const at = `${config.smtpHost}:${config.smtpPort}`;
  const { verifySmtp } = await import('#platform/mail/smtp.ts');
  try {
    await verifySmtp(config);
    return [fine('mail', `${at} ${config.smtpUsername === null ? 'answers' : 'takes our login'}`)];
  } catch (error) {
    const code = mailCodeOf(error);
    return [failed('mail', `${at} cannot be used (${code})`, adviceOnMail(code))];
  }
}

/** The client calls all that goes wrong with a connection ESOCKET: what it was stands in the text, or is about TLS. */
function mailCodeOf(error: unknown): string {
  const code = codeOf(error);
  if (code !== 'ESOCKET') return code;
  return /\bE[A-Z]{4,}\b/.exec(error instanceof Error ? error.message : '')?.[0] ?? 'TLS';
}

function adviceOnMail(code: string): string {
  if (code === 'EAUTH') return 'Correct SMTP_USERNAME and SMTP_PASSWORD.';
  return code === 'TLS' || code === 'ETLS'
    ? 'Check SMTP_USE_TLS, SMTP_USE_SSL and the port, and that its certificate is of an authority known here (NODE_EXTRA_CA_CERTS).'
    : 'Check SMTP_HOST and SMTP_PORT, and that it takes connections from here. Mails wait until it does.';
}

/** Writes a small file, reads it back and removes it. */
export async function checkStorage(config: Config): Promise<Finding[]> {
  const said: string[] = [];
  const log = createLogger({
    level: 'warn',
    service: 'doctor',
    version: config.version,
    destination: {
      write: (line) => void said.push(String((JSON.parse(line) as { message?: unknown }).message)),
    },
  });
  const store = openFileStore(config, log);
  const where = store.kind === 'local' ? `UPLOADS_DIR ${config.uploadsDir}` : 'Azure Blob Storage';
  const key = `probe/${randomUUID()}`;
  try {
    await store.put(key, Readable.from([Buffer.from(probeText)]), { contentType: 'text/plain' });
    const isSame = (await buffer(await store.read(key))).toString() === probeText;
    await store.remove(key);
    return isSame
      ? [fine('storage', `${where} can be written, read and emptied`)]
      : [
          failed(
            'storage',
            `${where} gives back something else than was written`,
            'Check that disk or mount.',
          ),
        ];
  } catch (error) {
    const reason = said.at(-1) ?? (error instanceof Error ? error.message : 'unknown error');
    return [
      failed(
        'storage',
        `${where} cannot be used: ${reason}`,
        'Let the user of the program write there, and make room.',
      ),
    ];
  }
}

/** The code of a failure, or of what it was caused by; never its text, which may hold an address with a password. */
function codeOf(error: unknown): string {
  const { code, cause, message, name } = (error ?? {}) as Record<string, unknown>;
  if (typeof code === 'string') return code;
  if (cause !== undefined && cause !== null) return codeOf(cause);
  // An answer of Redis begins with its code.
  return /^[A-Z]{3,}(?= )/.exec(String(message))?.[0] ?? String(name);
}
