import { isIP } from 'node:net';
import type { Draft } from './draft.ts';
import { findConnectionProblem, findKeyWeakness, isRepetitive } from './keys.ts';
import { checkMail } from './mail-rules.ts';
import { isStrict, settings } from './settings.ts';
import type { Config, Setting } from './settings.ts';

/**
 * Holds the settings against each other and against what the environment demands. Adds to the draft's reasons and
 * warnings.
 */
export function checkRules(draft: Draft): void {
  checkRequired(draft);
  checkKeys(draft);
  checkFiles(draft);
  checkMail(draft);
  if (isStrict(draft.values.environment)) checkStrict(draft);
  else warnOfOpenDemo(draft);
  if (draft.values.environment === 'production') checkProduction(draft);
  if (isStrict(draft.values.environment)) warnOfConnections(draft);
}

function checkRequired({ values, given, reasons }: Draft): void {
  for (const { name, key, requiredIn, hint } of settings as readonly Setting[]) {
    if (requiredIn?.includes(values.environment) !== true || given.has(key)) continue;
    reasons.push(`${name} is missing, and ${values.environment} needs it: set it to ${hint}`);
  }
}

function checkKeys({ values, warnings, reasons }: Draft): void {
  const complaints = isStrict(values.environment) ? reasons : warnings;
  const signing = { SECRET_KEY: values.secretKey, SECRET_KEY_PREVIOUS: values.secretKeyPrevious };
  for (const [name, key] of Object.entries(signing)) {
    const weakness = key === null || key === '' ? undefined : findKeyWeakness(key);
    if (weakness === undefined) continue;
    complaints.push(
      `${name} ${weakness}, so others could make valid tokens: set at least 32 random characters, such as \`openssl rand -base64 48\` prints`,
    );
  }
  const bytes = Buffer.from(values.encryptionKey, 'base64').toString('latin1');
  if (bytes !== '' && isRepetitive(bytes)) {
    complaints.push(
      'ENCRYPTION_KEY is made of few or repeated bytes: set it to what `openssl rand -base64 32` prints',
    );
  }
}

function checkFiles({ values, given, reasons, warnings }: Draft): void {
  const { fileStorageProvider, azureStorageConnectionString: connection, azureStorageAccountUrl } = values;
  if (fileStorageProvider === 'local') {
    if (connection !== null || azureStorageAccountUrl !== null)
      warnings.push('FILE_STORAGE_PROVIDER is local: files are kept in UPLOADS_DIR, and not in Azure');
    return;
  }
  const problem = connection === null ? undefined : findConnectionProblem(connection);
  if (problem !== undefined) {
    reasons.push(
      `AZURE_STORAGE_CONNECTION_STRING ${problem}: set the one that the Azure portal shows under "Access keys" of the storage account, or AZURE_STORAGE_ACCOUNT_URL in its place`,
    );
  } else if (connection !== null && azureStorageAccountUrl !== null) {
    warnings.push(
      'AZURE_STORAGE_ACCOUNT_URL does nothing beside AZURE_STORAGE_CONNECTION_STRING: remove one',
    );
  } else if (connection === null && !given.has('azureStorageAccountUrl')) {
    reasons.push(
      'FILE_STORAGE_PROVIDER is azure, which needs AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT_URL for a managed identity',
    );
  }
}

function checkStrict({ values, reasons, warnings }: Draft): void {
  if (values.demoMode) {
    reasons.push(
      `DEMO_MODE makes accounts with known passwords, which ${values.environment} must not have: remove it`,
    );
  }
  if (values.webhooksAllowPrivateAddresses) {
    reasons.push(
      `WEBHOOKS_ALLOW_PRIVATE_ADDRESSES lets admins reach this machine's own networks, which ${values.environment} must not: remove it`,
    );
  }
  if (values.trustedProxies.some((range) => range.endsWith('/0'))) {
    warnings.push('TRUSTED_PROXIES trusts every address, so that callers can pretend to come from any other');
  }
  if (!values.rateLimitsEnabled) {
    warnings.push('RATE_LIMITS_ENABLED is false: passwords can be guessed without a limit');
  }
  if (!values.accessTokenBlacklistEnabled) {
    warnings.push(
      'ACCESS_TOKEN_BLACKLIST_ENABLED is false: after a logout, an access token stays valid until it expires',
    );
  }
}

function checkProduction({ values, given, reasons }: Draft): void {
  if (values.debug) reasons.push('DEBUG must be false in production: set DEBUG=False or remove it');
  if (given.has('publicUrl') && values.publicUrl.startsWith('http:')) {
    reasons.push('PUBLIC_URL must begin with https:// in production: sign-in would be open to eavesdroppers');
  }
  if (values.frontendUrl?.startsWith('http:') === true) {
    reasons.push('FRONTEND_URL must begin with https:// in production: links in mails carry tokens');
  }
  if (values.corsOrigins.includes('*')) {
    reasons.push(
      'CORS_ORIGINS must not have * in production: name the origins of your front ends, such as https://app.example.edu',
    );
  }
}

function warnOfOpenDemo({ values, warnings }: Draft): void {
  if (!values.demoMode || isLoopback(values.host)) return;
  warnings.push(
    `HOST is ${values.host}: whoever reaches this machine can sign in to the demo accounts with their known passwords`,
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Services that take encrypted connections only, addressed as if they did not: they fail later and less clearly. */
function warnOfConnections({ values, warnings }: Draft): void {
  if (values.redisUrl === null && values.environment === 'staging') {
    warnings.push(
      'REDIS_URL is not set: limits and caches are kept in memory, which is right for one process only',
    );
  }
  if (isUnencryptedAbroad(values.databaseUrl) && !/[?&](ssl|sslmode)=/.test(values.databaseUrl ?? '')) {
    warnings.push(
      'DATABASE_URL connects without TLS: if the server asks for it, end the address with ?sslmode=verify-full',
    );
  }
  if (isUnencryptedAbroad(values.redisUrl)) {
    warnings.push(
      'REDIS_URL connects without TLS: if the server asks for it, begin the address with rediss://',
    );
  }
}

/** Whether an address leads to a host with a full name, as services of a cloud have, and not by TLS. */
function isUnencryptedAbroad(address: Config['databaseUrl']): boolean {
  const url = address === null ? null : URL.parse(address);
  if (url === null || url.protocol === 'rediss:') return false;
  return url.hostname.includes('.') && isIP(url.hostname) === 0;
}
