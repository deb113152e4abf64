import { pino, type Logger } from 'pino';

export type { Logger };

// Names under which a secret or a person's data may reach the log, without regard to case, `_` and `-`.
const hiddenParts =
  /password|passphrase|secret|token|authorization|cookie|credential|apikey|encryptionkey|privatekey/;
const hiddenNames = new Set([
  ...['email', 'emailkey', 'name', 'learnername', 'firstname', 'lastname', 'fullname', 'username', 'phone'],
  ...['databaseurl', 'redisurl', 'connectionstring'],
  // Of database errors: they quote rows and parameters.
  ...['detail', 'where', 'parameters', 'values', 'internalquery'],
]);
const censored = '[redacted]';
const maxDepth = 8;
const maxItems = 100;

export type LogOptions = {
  level: string;
  service: string;
  version: string;
  destination?: { write(line: string): void };
};

/**
 * JSON lines. Secrets and personal data are replaced by "[redacted]" wherever they hide: at any depth, in
 * errors and their causes, and in addresses and bearer tokens within any text.
 */
export function createLogger(options: LogOptions): Logger {
  const settings = {
    level: options.level,
    base: { service: options.service, version: options.version, pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    messageKey: 'message',
    formatters: { level: (label: string) => ({ level: label }), log: cleanFields },
    // Or pino would describe a second time what `cleanFields` has described.
    serializers: { err: (error: unknown) => error },
    // Messages too, which no formatter sees.
    hooks: { streamWrite: hideSecretsIn },
  };
  const logger = options.destination ? pino(settings, options.destination) : pino(settings);
  // What a child is bound to passes no formatter; children inherit this.
  const making = logger as unknown as { child: MakeChild };
  const { child } = making;
  making.child = function cleanChild(bindings, more) {
    return child.call(this, cleanFields(bindings), more);
  };
  return logger;
}

type MakeChild = (this: Logger, bindings: object, more?: object) => Logger;

type ErrorLine = {
  type: string;
  message: string;
  stack?: string | undefined;
  code?: string | number;
  constraint?: string;
  cause?: ErrorLine;
  errors?: ErrorLine[];
};

/**
 * What of an error is fit for a log. PostgreSQL's `detail`, `where` and parameters are left out, for
 * they quote the row; so is what a message quotes of a value.
 */
export function describeError(error: unknown, depth = 0): ErrorLine {
  if (!isErrorLike(error)) return { type: typeof error, message: hideSecretsIn(String(error)) };
  const { code, constraint, cause, errors } = error;
  const hasParts = depth < 4;
  return {
    type: error.name ?? 'Error',
    message: hideSecretsIn(hideQuoted(error.message, code)),
    stack: error.stack === undefined ? undefined : framesOf(error.stack, error.message),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof constraint === 'string' && { constraint }),
    ...(hasParts && cause !== undefined && cause !== null && { cause: describeError(cause, depth + 1) }),
    ...(hasParts &&
      Array.isArray(errors) && { errors: errors.slice(0, 5).map((part) => describeError(part, depth + 1)) }),
  };
}

type ErrorLike = {
  name?: string;
  message: string;
  stack?: string;
  code?: unknown;
  constraint?: unknown;
  cause?: unknown;
  errors?: unknown;
};

// The job engine hands on copies of errors, which are no instances.
function isErrorLike(value: unknown): value is ErrorLike {
  if (value instanceof Error) return true;
  const { message, stack } = (value ?? {}) as { message?: unknown; stack?: unknown };
  return typeof message === 'string' && typeof stack === 'string';
}

// A stack begins with the message, of as many lines as it likes, some of which may look like frames.
function framesOf(stack: string, message: string): string {
  const at = stack.indexOf(message);
  const behind = at === -1 ? stack : stack.slice(at + message.length);
  const frames = behind.split('\n').filter((line) => /^\s+at .+(:\d+:\d+\)?|\))$/.test(line));
  return hideSecretsIn(frames.slice(0, 11).join('\n'));
}

// `invalid input syntax for type uuid: "…"`: SQLSTATE class 22 quotes what was sent.
function hideQuoted(message: string, code: unknown): string {
  return typeof code === 'string' && code.startsWith('22') ? message.replaceAll(/".*"/gs, '"…"') : message;
}

// Of a line or a value nearly none: one look instead of three.
const maybeSecret = /:\/\/|bearer|eyJ/i;

// Addresses with a password, which may hold an @ of its own; bearer tokens; JSON Web Tokens.
function hideSecretsIn(text: string): string {
  if (!maybeSecret.test(text)) return text;
  return text
    .replaceAll(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/:@"]*:[^\s"]*@/gi, '$1…:…@')
    .replaceAll(/\bBearer\s+[\w.~+/-]+=*/gi, `Bearer ${censored}`)
    .replaceAll(/\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, censored);
}

function cleanFields(fields: object): Record<string, unknown> {
  return clean(fields, 0, new WeakSet()) as Record<string, unknown>;
}

function clean(value: unknown, depth: number, seen: WeakSet<object>): unknown {
  if (typeof value === 'string') return hideSecretsIn(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 0 && isErrorLike(value)) return describeError(value);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth > maxDepth) return '[too deep]';
  if (seen.has(value)) return '[repeated]';
  seen.add(value);
  if (Array.isArray(value)) return value.slice(0, maxItems).map((item) => clean(item, depth + 1, seen));
  if (hasJson(value)) return clean(value.toJSON(), depth + 1, seen);
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      name,
      isHidden(name) && child != null ? censored : clean(child, depth + 1, seen),
    ]),
  );
}

function hasJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

function isHidden(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[_-]/g, '');
  return hiddenNames.has(plain) || hiddenParts.test(plain);
}
