import { checkConnections } from './connection-rules.ts';
import type { Draft } from './draft.ts';

/** What staging and production refuse, and what they are warned of. */
export function checkStrict(draft: Draft): void {
  checkSwitches(draft);
  checkReach(draft);
  checkConnections(draft);
  if (draft.values.environment === 'production') checkProduction(draft);
}

function checkSwitches({ values, reasons, warnings }: Draft): void {
  const { environment } = values;
  if (values.demoMode) {
    reasons.push(
      `DEMO_MODE makes accounts with known passwords, which ${environment} must not have: remove it`,
    );
  }
  if (values.debug) reasons.push(`DEBUG must be false in ${environment}: set DEBUG=False or remove it`);
  if (!values.csrfEnabled) {
    reasons.push(
      `CSRF_ENABLED must be true in ${environment}: other sites could act for those who are signed in by cookies`,
    );
  }
  if (!values.accessTokenBlacklistEnabled) {
    reasons.push(
      `ACCESS_TOKEN_BLACKLIST_ENABLED must be true in ${environment}: after a logout, an access token would stay valid until it expires`,
    );
  }
  if (!values.accessTokenBlacklistFailClosed) {
    reasons.push(
      `ACCESS_TOKEN_BLACKLIST_FAIL_CLOSED must be true in ${environment}: while the database is away, the tokens of ended sessions could be taken`,
    );
  }
  if (!values.requireEmailVerificationForLogin) {
    warnings.push(
      'REQUIRE_EMAIL_VERIFICATION_FOR_LOGIN is false: registering tells whether an address has an account',
    );
  }
  if (!values.rateLimitsEnabled) {
    warnings.push('RATE_LIMITS_ENABLED is false: passwords can be guessed without a limit');
  }
}

function checkReach({ values, reasons, warnings }: Draft): void {
  const { environment } = values;
  if (values.webhooksAllowPrivateAddresses) {
    reasons.push(
      `WEBHOOKS_ALLOW_PRIVATE_ADDRESSES lets admins reach this machine's own networks, which ${environment} must not: remove it`,
    );
  }
  // A provider may well stand in the institution's own network.
  if (values.ssoAllowPrivateAddresses)
    warnings.push(`SSO_ALLOW_PRIVATE_ADDRESSES lets who sets up providers reach this machine's own networks`);
  if (values.corsOrigins.includes('*')) {
    reasons.push(
      `CORS_ORIGINS must not have * in ${environment}: name the origins of your front ends, such as https://app.example.edu`,
    );
  }
  if (values.trustedProxies.some((range) => range.endsWith('/0'))) {
    warnings.push('TRUSTED_PROXIES trusts every address, so that callers can pretend to come from any other');
  }
}

function checkProduction({ values, given, reasons }: Draft): void {
  if (given.has('publicUrl') && values.publicUrl.startsWith('http:')) {
    reasons.push('PUBLIC_URL must begin with https:// in production: sign-in would be open to eavesdroppers');
  }
  if (values.frontendUrl?.startsWith('http:') === true) {
    reasons.push('FRONTEND_URL must begin with https:// in production: links in mails carry tokens');
  }
}
