import type { Draft } from './draft.ts';
import { isDefaultPassword } from './keys.ts';
import { isPrivateHost } from './private-hosts.ts';

/** What staging and production demand of the addresses of the database and of Redis. */
export function checkConnections(draft: Draft): void {
  checkDatabase(draft, 'DATABASE_URL');
  checkDatabase(draft, 'DATABASE_OWNER_URL');
  checkAccounts(draft);
  checkRedis(draft);
}

function checkDatabase(
  { values, reasons, warnings }: Draft,
  name: 'DATABASE_URL' | 'DATABASE_OWNER_URL',
): void {
  const text = name === 'DATABASE_URL' ? values.databaseUrl : values.databaseOwnerUrl;
  const url = text === null ? null : URL.parse(text);
  if (url === null) return;
  const { host, user, password } = partsOf(url);
  if (isDefaultPassword(password, [user, url.pathname.slice(1)])) {
    reasons.push(
      `${name} has a password that everybody tries first: give the user of the database a random one`,
    );
  }
  const encryption = encryptionOf(url.searchParams);
  if (encryption === 'none' && !isPrivateHost(host)) {
    reasons.push(
      `${name} connects without TLS to ${host}, which is not on a private network: end the address with ?sslmode=verify-full`,
    );
  }
  if (encryption === 'unchecked') {
    warnings.push(
      `${name} encrypts, but does not look at the certificate, so that others can pretend to be the database: end the address with ?sslmode=verify-full`,
    );
  }
}

/** What the owner's account is for is lost where the program serves by the same one. */
function checkAccounts({ values, warnings }: Draft): void {
  const [url, ownerUrl] = [values.databaseUrl, values.databaseOwnerUrl].map((text) =>
    text === null ? null : URL.parse(text),
  );
  if (!url || !ownerUrl || partsOf(url).user !== partsOf(ownerUrl).user) return;
  warnings.push(
    'DATABASE_URL and DATABASE_OWNER_URL name the same user, so that the program serves with the rights of the owner: let DATABASE_URL name one of its own',
  );
}

function checkRedis({ values, reasons }: Draft): void {
  const url = values.redisUrl === null ? null : URL.parse(values.redisUrl);
  if (url === null || url.protocol === 'rediss:' || isPrivateHost(url.hostname)) return;
  reasons.push(
    `REDIS_URL connects without TLS to ${url.hostname}, which is not on a private network: begin the address with rediss://`,
  );
}

/** What the client takes from the address: parameters go before what stands in front of them. */
function partsOf(url: URL): { host: string; user: string; password: string } {
  const { searchParams: parameters } = url;
  return {
    host: lastOf(parameters, 'host') ?? decode(url.hostname),
    user: lastOf(parameters, 'user') ?? decode(url.username),
    password: lastOf(parameters, 'password') ?? decode(url.password),
  };
}

/** How the clients of PostgreSQL, ours and its own programs, take the parameters; `prefer` encrypts only perhaps. */
function encryptionOf(parameters: URLSearchParams): 'none' | 'unchecked' | 'checked' {
  const mode = lastOf(parameters, 'sslmode');
  const ssl = lastOf(parameters, 'ssl');
  if (mode === 'no-verify' || (mode === undefined && ssl === 'no-verify')) return 'unchecked';
  const isLibpq = lastOf(parameters, 'uselibpqcompat') === 'true';
  if (mode === 'require' && isLibpq && lastOf(parameters, 'sslrootcert') === undefined) return 'unchecked';
  if (mode !== undefined) return ['require', 'verify-ca', 'verify-full'].includes(mode) ? 'checked' : 'none';
  return ssl === 'true' || ssl === '1' ? 'checked' : 'none';
}

/** Of a parameter that stands there twice, the last one counts; an empty one does not. */
function lastOf(parameters: URLSearchParams, name: string): string | undefined {
  const value = parameters.getAll(name).at(-1) ?? '';
  return value === '' ? undefined : value;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
