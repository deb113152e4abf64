import type { Draft } from './config.ts';
import { findKeyWeakness, isRepetitive } from './keys.ts';
import { settings } from './settings.ts';
import type { Setting } from './settings.ts';

const keyAdvice = 'set at least 32 random characters, such as `openssl rand -base64 48` prints';

/** Holds the settings against each other and against what the environment demands; adds reasons and warnings. */
export function checkRules(draft: Draft): void {
  checkRequired(draft);
  checkKeys(draft);
  checkExposure(draft);
  checkServices(draft);
}

function isStrictDraft({ values }: Draft): boolean {
  return values.environment === 'staging' || values.environment === 'production';
}

function checkRequired({ values, given, reasons }: Draft): void {
  for (const { name, key, requiredIn, hint } of settings as readonly Setting[]) {
    if (requiredIn?.includes(values.environment) !== true || given.has(key)) continue;
    reasons.push(`${name} is missing, and ${values.environment} needs it: set it to ${hint}`);
  }
}

function checkKeys(draft: Draft): void {
  const { values, given, warnings, reasons } = draft;
  const complaints = isStrictDraft(draft) ? reasons : warnings;
  const keys = { SECRET_KEY: values.secretKey, SECRET_KEY_PREVIOUS: values.secretKeyPrevious };
  for (const [name, key] of Object.entries(keys)) {
    const weakness = key === null || key === '' ? undefined : findKeyWeakness(key);
    if (weakness === undefined) continue;
    complaints.push(`${name} ${weakness}, so anyone could make tokens: ${keyAdvice}`);
  }
  if (given.has('encryptionKey') && values.encryptionKey !== '') {
    const bytes = Buffer.from(values.encryptionKey, 'base64').toString('latin1');
    if (isRepetitive(bytes)) {
      complaints.push(
        'ENCRYPTION_KEY is made of few or repeated bytes: set it to what `openssl rand -base64 32` prints',
      );
    }
  }
}

function checkExposure(draft: Draft): void {
  const { values, given, reasons, warnings } = draft;
  const isProduction = values.environment === 'production';
  if (isStrictDraft(draft) && values.demoMode) {
    reasons.push(
      `DEMO_MODE makes accounts with known passwords, which ${values.environment} must not have: remove it`,
    );
  }
  if (isProduction && values.debug)
    reasons.push('DEBUG must be false in production: set DEBUG=False or remove it');
  if (isProduction && given.has('publicUrl') && values.publicUrl.startsWith('http:')) {
    reasons.push(
      'PUBLIC_URL must begin with https:// in production, or session cookies and links are not safe',
    );
  }
  if (values.corsOrigins.includes('*')) {
    const line =
      'CORS_ORIGINS has *, which lets any website call the API: name the origins of your front ends';
    if (isProduction) reasons.push(line);
    else if (isStrictDraft(draft)) warnings.push(line);
  }
  if (isStrictDraft(draft) && values.trustedProxies.some((range) => range.endsWith('/0'))) {
    warnings.push(
      'TRUSTED_PROXIES trusts every address, so callers can choose the address they seem to come from',
    );
  }
  if (isStrictDraft(draft) && !values.rateLimitsEnabled) {
    warnings.push('RATE_LIMITS_ENABLED is false, so passwords can be guessed without a limit');
  }
}

function checkServices(draft: Draft): void {
  const { values, warnings } = draft;
  if (values.environment === 'staging' && values.redisUrl === null) {
    warnings.push(
      'REDIS_URL is not set: limits and caches are kept in memory, which is right for one process only',
    );
  }
}
