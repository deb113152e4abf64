import { isIP } from 'node:net';
import path from 'node:path';
import { readMailbox } from '#platform/mail/mailbox.ts';
import { decodeEncryptionKey } from './keys.ts';
import { parseCollectorUrl, parsePairs, parseRatio } from './parse-traces.ts';
import type { Setting, SettingValue } from './setting.ts';

/** A value read from text, or what is wrong with it and what is accepted (never the text of a secret). */
export type Parsed = { value: SettingValue } | { problem: string };

type Parser = (text: string, setting: Setting, cwd: string) => Parsed;

const truths = new Map([
  ...['true', '1', 'yes', 'on'].map((text) => [text, true] as const),
  ...['false', '0', 'no', 'off'].map((text) => [text, false] as const),
]);

const parsers: Record<Setting['kind'], Parser> = {
  text: parseText,
  host: parseHost,
  integer: parseInteger,
  boolean: (text) => {
    const value = truths.get(text.toLowerCase());
    return value === undefined ? { problem: `${quote(text)} is not true or false` } : { value };
  },
  choice: (text, { choices = [] }) => {
    const value = choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
    const accepted = choices.length === 1 ? `only ${choices[0]} is` : `${choices.join(', ')} are`;
    return value === undefined ? { problem: `${quote(text)} is not known; ${accepted} accepted` } : { value };
  },
  origins: (text) => parseList(text, parseOrigin),
  proxies: (text) => parseList(text, parseProxy),
  databaseUrl: parseDatabaseUrl,
  redisUrl: parseRedisUrl,
  publicUrl: parsePublicUrl,
  mailbox: parseMailboxText,
  prefix: parsePrefix,
  directory: (text, _setting, cwd) => ({ value: path.resolve(cwd, text) }),
  secret: (text) => ({ value: text }),
  encryptionKey: parseEncryptionKey,
  containerName: parseContainerName,
  mediaTypes: (text) => parseList(text, parseMediaType),
  scannerUrl: parseScannerUrl,
  collectorUrl: parseCollectorUrl,
  pairs: parsePairs,
  ratio: parseRatio,
};

/** Reads one setting's text, which is not empty. */
export function parseSetting(setting: Setting, text: string, cwd: string): Parsed {
  const parsed = parsers[setting.kind](text, setting, cwd);
  // A mailbox may be in angle brackets; the examples of settings have words there.
  const isMailbox = setting.kind === 'mailbox' && 'value' in parsed;
  return isPlaceholder(setting, text) && !isMailbox ? { problem: unfilled(setting) } : parsed;
}

/** Whether something of an example, in angle brackets, was left in. */
function isPlaceholder({ kind }: Setting, text: string): boolean {
  return (kind.endsWith('Url') ? /<[^<>]*>/ : /^<.*>$/).test(text);
}

function unfilled({ hint }: Setting): string {
  return `is a placeholder that was never replaced${hint === undefined ? '' : `: set it to ${hint}`}`;
}

/** Text as shown in a reason: short, on one line. */
function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function parseText(text: string): Parsed {
  if (text.length > 200) return { problem: 'is longer than 200 characters' };
  return /\p{Cc}/u.test(text) ? { problem: 'holds control characters or line breaks' } : { value: text };
}

function parseHost(text: string): Parsed {
  if (isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)) return { value: text };
  return { problem: `${quote(text)} is not an address such as 127.0.0.1 or a host name, without a port` };
}

function parseInteger(text: string, { min = 0, max = Number.MAX_SAFE_INTEGER }: Setting): Parsed {
  const value = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return { value };
  return { problem: `${quote(text)} is not a whole number from ${min} to ${max}` };
}

function parseList(text: string, parseItem: (item: string) => Parsed): Parsed {
  const values = new Set<string>();
  const problems: string[] = [];
  for (const item of text.split(',').map((part) => part.trim())) {
    if (item === '') continue;
    const parsed = parseItem(item);
    if ('problem' in parsed) problems.push(parsed.problem);
    else values.add(String(parsed.value));
  }
  return problems.length > 0 ? { problem: problems.join('; ') } : { value: [...values] };
}

function parseOrigin(text: string): Parsed {
  if (text === '*') return { value: text };
  const origin = originOf(text);
  if (origin !== undefined) return { value: origin };
  return {
    problem: `${safeAddress(text)} is not an origin such as https://app.example.edu (no path), nor *`,
  };
}

function parseProxy(text: string): Parsed {
  const name = text.toLowerCase();
  if (['loopback', 'linklocal', 'uniquelocal'].includes(name)) return { value: name };
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  const isRange = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
  if (family !== 0 && isRange && rest.length === 0) return { value: text };
  return {
    problem: `${quote(text)} is not an address, a range such as 10.0.0.0/8, loopback, linklocal or uniquelocal`,
  };
}

/** SQLAlchemy's names of drivers (`postgresql+psycopg2`) are taken off; all else stays byte for byte. */
function parseDatabaseUrl(text: string): Parsed {
  const scheme = /^postgres(?:ql)?(?:\+[a-z0-9_]+)?:\/\//i.exec(text);
  if (scheme === null)
    return { problem: 'does not begin with postgresql:// (the only database is PostgreSQL)' };
  const value = `postgresql://${text.slice(scheme[0].length)}`;
  const url = parseUrl(value);
  if (url === undefined || isCutShort(url)) return { problem: `cannot be read; ${encodingAdvice}` };
  return url.pathname.length > 1 ? { value } : { problem: 'names no database; end it with /DATABASE' };
}

function parseRedisUrl(text: string): Parsed {
  const url = parseUrl(text);
  if (url === undefined || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') {
    return { problem: 'is not an address such as redis://HOST:6379/0, or rediss:// for TLS' };
  }
  if (isCutShort(url)) return { problem: `cannot be read; ${encodingAdvice}` };
  if (!/^\/?\d*$/.test(url.pathname))
    return { problem: 'ends with a path that is not the number of a database' };
  return { value: text };
}

function parsePublicUrl(text: string): Parsed {
  const origin = originOf(text);
  if (origin !== undefined) return { value: origin };
  return { problem: `${safeAddress(text)} is not http(s)://HOST or http(s)://HOST:PORT with no path` };
}

function parseMailboxText(text: string): Parsed {
  const parsed = parseText(text);
  if ('problem' in parsed || readMailbox(text) !== undefined) return parsed;
  return {
    problem: `${quote(text)} is neither an address nor a name and an address such as "Academy <learn@example.edu>"`,
  };
}

function parsePrefix(text: string): Parsed {
  const value = text.replace(/\/+$/, '');
  if (/^(\/[A-Za-z0-9._~-]+)+$/.test(value) && !/\/\.{1,2}(\/|$)/.test(value)) return { value };
  return { problem: `${quote(text)} is not a path such as /api/v1` };
}

function parseMediaType(text: string): Parsed {
  const value = text.toLowerCase();
  if (/^[a-z0-9][a-z0-9!#$&^_.+-]{0,60}\/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]{0,90})$/.test(value))
    return { value };
  return { problem: `${quote(text)} is not a media type such as application/pdf or image/*` };
}

function parseScannerUrl(text: string): Parsed {
  if (/^unix:\/(?:\/\/)?[^\s]+$/.test(text)) return { value: text };
  const url = parseUrl(text);
  const isTcp = url?.protocol === 'tcp:' && url.hostname !== '' && url.port !== '';
  return isTcp ? { value: text } : { problem: `${quote(text)} is not tcp://HOST:PORT or unix:/PATH` };
}

function parseContainerName(text: string): Parsed {
  if (/^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text)) return { value: text };
  return { problem: `${quote(text)} is not 3 to 63 small letters, digits and single hyphens` };
}

function parseEncryptionKey(text: string): Parsed {
  const key = decodeEncryptionKey(text);
  if (key !== undefined) return { value: key.toString('base64') };
  return { problem: 'is not 32 bytes in base64 or hex, such as `openssl rand -base64 32` prints' };
}

const encodingAdvice = 'write : / @ # ? % in a user name or password as %3A %2F %40 %23 %3F %25';

/** A bare `/`, `?` or `#` in a password ends the host too early, and the rest of the password follows it. */
function isCutShort(url: URL): boolean {
  return url.hash !== '' || `${url.pathname}${url.search}`.includes('@');
}

function parseUrl(text: string): URL | undefined {
  return /\s/.test(text) ? undefined : (URL.parse(text) ?? undefined);
}

/** Scheme, host and port of an http(s) address that has nothing else. */
function originOf(text: string): string | undefined {
  const url = parseUrl(text);
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return undefined;
  const rest = `${url.pathname}${url.search}${url.hash}${url.username}${url.password}`;
  return rest === '/' ? url.origin : undefined;
}

/** An address with a user and password in it is not repeated. */
function safeAddress(text: string): string {
  return text.includes('@') ? 'the value' : quote(text);
}
