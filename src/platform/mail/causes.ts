/** Where mails are handed over. */
export type MailServer = { host: string; port: number };

type Failure = { code?: unknown; message?: unknown; responseCode?: unknown };

// The SMTP client puts codes of its own over those of the system, which its messages quote.
const causes: readonly [pattern: RegExp, cause: string][] = [
  [/ENOTFOUND|EAI_AGAIN|EDNS/, 'name not found; check SMTP_HOST'],
  [/ECONNREFUSED/, 'nobody listens there; check SMTP_HOST and SMTP_PORT'],
  [/EHOSTUNREACH|ENETUNREACH/, 'there is no way to it; check SMTP_HOST, and the network'],
  [
    /certificate|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO/i,
    'nobody known vouches for its certificate; check SMTP_HOST, or name the authority in NODE_EXTRA_CA_CERTS',
  ],
  [/ETLS|wrong version number|SSL routines/, 'TLS fails; check SMTP_USE_TLS and SMTP_USE_SSL'],
  [/EAUTH/, 'it refuses our login; check SMTP_USERNAME and SMTP_PASSWORD'],
  [
    /ETIMEDOUT|Greeting never received|timeout/i,
    'no answer in time; check SMTP_HOST, SMTP_PORT and SMTP_USE_SSL',
  ],
  [/ECONNRESET|EPIPE|ECONNECTION|closed unexpectedly/i, 'it ended the connection'],
];

/** What hinders, as a person reads it who can mend the settings; undefined for what a mail server answered itself. */
export function causeOf(error: unknown): string | undefined {
  const { code, message, responseCode } = (error ?? {}) as Failure;
  if (typeof responseCode === 'number' && code !== 'EAUTH' && code !== 'ETLS') return undefined;
  const text = `${String(code)} ${String(message)}`;
  return causes.find(([pattern]) => pattern.test(text))?.[1];
}
