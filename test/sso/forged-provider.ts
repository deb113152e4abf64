import { createHash, createHmac, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

/** What a provider is made to say where that is not what it should; each test changes it as it goes. */
export type Forgery = {
  /** Of the ID token. Undefined takes a claim away. */
  claims?: Json;
  header?: Json;
  /** `none`: no signature; `publicKey`: HS256 with the published key; `other`: a key that nobody published. */
  signedBy?: 'key' | 'none' | 'publicKey' | 'other';
  discovery?: Json;
  /** Answers in place of the provider; true where it did. */
  answer?: (path: string, response: ServerResponse) => boolean;
};

export type ForgedProvider = {
  issuer: string;
  forgery: Forgery;
  /** Paths that were asked for. */
  asked: string[];
  /** Lets a browser come back: the query of the callback, for what stands in the address of a sign-in. */
  authorize(location: string, query?: Record<string, string>): URLSearchParams;
  sign(header: Json, claims: Json): string;
  stop(): Promise<void>;
};

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const accessToken = 'an-access-token';

/** A provider that speaks as it is told to, on 127.0.0.1. It lets in `sub: 'one'` without asking anybody. */
export async function startForgedProvider(): Promise<ForgedProvider> {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = key.publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const nonces = new Map<string, { nonce: string; challenge: string; clientId: string }>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://provider').pathname;
    asked.push(path);
    if (provider.forgery.answer?.(path, response)) return;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const body = new URLSearchParams(Buffer.concat(chunks).toString());
      const answer = answerOf(path, body);
      response
        .writeHead(answer ? 200 : 400, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer ?? { error: 'invalid_grant' }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function answerOf(path: string, body: URLSearchParams): Json | undefined {
    if (path === '/.well-known/openid-configuration')
      return { ...discovery(issuer), ...provider.forgery.discovery };
    if (path === '/jwks')
      return { keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] };
    const begun = path === '/token' ? nonces.get(body.get('code') ?? '') : undefined;
    const verifier = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url');
    if (!begun || verifier !== begun.challenge) return undefined;
    return { access_token: accessToken, token_type: 'Bearer', expires_in: 60, id_token: idToken(begun) };
  }

  function idToken({ nonce, clientId }: { nonce: string; clientId: string }): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, sub: 'one', aud: clientId, iat: now, exp: now + 300, nonce };
    return provider.sign({}, { ...claims, at_hash: atHash(), ...provider.forgery.claims });
  }

  const provider: ForgedProvider = {
    issuer,
    forgery: {},
    asked,
    authorize(location, query = {}) {
      const { searchParams: given } = new URL(location);
      const code = `code-${nonces.size}`;
      nonces.set(code, {
        nonce: given.get('nonce') ?? '',
        challenge: given.get('code_challenge') ?? '',
        clientId: given.get('client_id') ?? '',
      });
      return new URLSearchParams({ code, state: given.get('state') ?? '', iss: issuer, ...query });
    },
    sign(header, claims) {
      const { signedBy = 'key', header: forged } = provider.forgery;
      const algorithm = { key: 'RS256', other: 'RS256', none: 'none', publicKey: 'HS256' }[signedBy];
      const input = `${encoded({ alg: algorithm, kid: 'one', ...header, ...forged })}.${encoded(claims)}`;
      return `${input}.${signatureOf(input, { key: key.privateKey, other: other.privateKey, pem }, signedBy)}`;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return provider;
}

function signatureOf(
  input: string,
  keys: { key: KeyObject; other: KeyObject; pem: string },
  by: NonNullable<Forgery['signedBy']>,
): string {
  if (by === 'none') return '';
  if (by === 'publicKey') return createHmac('sha256', keys.pem).update(input).digest('base64url');
  return sign('sha256', Buffer.from(input), keys[by]).toString('base64url');
}

/** Of the access token, for RS256. */
function atHash(): string {
  return createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url');
}

function discovery(issuer: string): Json {
  return {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    end_session_endpoint: `${issuer}/leave`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    authorization_response_iss_parameter_supported: true,
  };
}

/** The form of a back-channel logout, for `lms`; `change` says whom, and what is forged. */
export function logoutForm(provider: ForgedProvider, change: Json): string {
  const now = Math.floor(Date.now() / 1000);
  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const claims = {
    iss: provider.issuer,
    aud: 'lms',
    iat: now,
    exp: now + 120,
    jti: randomUUID(),
    events,
    ...change,
  };
  return new URLSearchParams({ logout_token: provider.sign({ typ: 'logout+jwt' }, claims) }).toString();
}
