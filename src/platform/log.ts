import { pino, type Logger } from 'pino';

export type { Logger };

// Names under which a secret or a person's data may reach the log, at the top or one level down.
const redacted = [
  'password',
  'newPassword',
  'token',
  'accessToken',
  'refreshToken',
  'challengeToken',
  'secret',
  'secretKey',
  'encryptionKey',
  'authorization',
  'cookie',
  'email',
  'name',
  'learnerName',
  'databaseUrl',
  'redisUrl',
];

export type LogOptions = { level: string; service: string; version: string; destination?: { write(line: string): void } };

/** JSON lines. Personal data and secrets are replaced by "[redacted]" wherever they hide. */
export function createLogger(options: LogOptions): Logger {
  const settings = {
    level: options.level,
    base: { service: options.service, version: options.version, pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    messageKey: 'message',
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: redacted.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    serializers: { err: describeError, error: describeError },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}

type ErrorLine = {
  type: string;
  message: string;
  stack?: string | undefined;
  code?: unknown;
  constraint?: unknown;
  cause?: ErrorLine;
};

/**
 * What of an error is fit for a log. PostgreSQL's `detail`, `where` and parameters are left out, for
 * they quote the row; so is a message that quotes a value.
 */
export function describeError(error: unknown): ErrorLine {
  if (!(error instanceof Error)) return { type: typeof error, message: hideCredentials(String(error)) };
  const { code, constraint, cause } = error as Error & { code?: unknown; constraint?: unknown };
  const message = hideCredentials(hideQuoted(error.message, code));
  return {
    type: error.name,
    message,
    stack: error.stack?.split('\n').slice(1, 12).join('\n'),
    ...(code !== undefined && { code }),
    ...(constraint !== undefined && { constraint }),
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}

// `invalid input syntax for type uuid: "…"`: SQLSTATE class 22 quotes what was sent.
function hideQuoted(message: string, code: unknown): string {
  return typeof code === 'string' && code.startsWith('22') ? message.replaceAll(/"[^"]*"/g, '"…"') : message;
}

function hideCredentials(message: string): string {
  return message.replaceAll(/\/\/[^/\s:@]+:[^/\s@]+@/g, '//…:…@');
}
