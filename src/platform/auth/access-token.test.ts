import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { suite, test } from 'node:test';
import { AppError } from '#platform/errors.ts';
import { createAccessTokens } from './access-token.ts';

const secretKey = 'a-secret-of-more-than-thirty-two-characters-1';
const nextKey = 'a-secret-of-more-than-thirty-two-characters-2';
const publicUrl = 'https://learn.example.edu';
const options = { secretKey, previousSecretKey: null, publicUrl, lifetimeSeconds: 900 };
const tokens = createAccessTokens(options);
const now = new Date('2026-05-05T12:00:00Z');
const claims = {
  userId: randomUUID(),
  sessionId: randomUUID(),
  authenticatedAt: new Date('2026-05-05T11:58:03Z'),
};

type Part = Record<string, unknown>;

async function partsOf(): Promise<{ header: Part; payload: Part }> {
  const { token } = await tokens.issue(claims, now);
  const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  return { header: JSON.parse(header ?? '') as Part, payload: JSON.parse(payload ?? '') as Part };
}

function encoded(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** A token of these parts, signed with our own key as HS256 unless said otherwise. */
function forge(header: Part, payload: Part, { key = secretKey, hash = 'sha256' } = {}): string {
  const text = `${encoded(header)}.${encoded(payload)}`;
  return `${text}.${createHmac(hash, key).update(text).digest('base64url')}`;
}

async function codeOf(token: string, at = now, by = tokens): Promise<string> {
  const error = await by.verify(token, at).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return 'accepted';
  assert.ok(error instanceof AppError);
  assert.equal(error.status, 401);
  return error.code;
}

suite('access tokens', () => {
  test('one of ours names its person and session until it expires', async () => {
    const { token, expiresInSeconds } = await tokens.issue(claims, now);
    assert.deepEqual(await tokens.verify(token, now), claims);
    assert.equal(expiresInSeconds, 900);
    assert.equal(await codeOf(token, new Date(now.getTime() + 899_000)), 'accepted');
    assert.equal(await codeOf(token, new Date(now.getTime() + 900_000)), 'token_expired');
  });

  test('one of the version before, which did not say when its person showed who they are, counts from when it was made', async () => {
    const { header, payload } = await partsOf();
    assert.equal(payload['auth_time'], claims.authenticatedAt.getTime() / 1000);
    const { auth_time: _, ...before } = payload;
    const { authenticatedAt } = await tokens.verify(forge(header, before), now);
    assert.deepEqual(authenticatedAt, now);
  });

  test('alg none: a header that asks for no signature, or another algorithm, is refused', async () => {
    const { header, payload } = await partsOf();
    assert.equal(await codeOf(forge(header, payload)), 'accepted');
    for (const alg of ['none', 'None', 'NONE', '']) {
      const unsigned = `${encoded({ ...header, alg })}.${encoded(payload)}.`;
      assert.equal(await codeOf(unsigned), 'unauthenticated', `alg ${alg}`);
      assert.equal(await codeOf(forge({ ...header, alg }, payload)), 'unauthenticated', `signed alg ${alg}`);
    }
    assert.equal(
      await codeOf(forge({ ...header, alg: 'HS384' }, payload, { hash: 'sha384' })),
      'unauthenticated',
    );
    assert.equal(
      await codeOf(forge({ ...header, alg: 'HS512' }, payload, { hash: 'sha512' })),
      'unauthenticated',
    );
  });

  test('key confusion: a key of another kind is never taken, be it in the header or as if ours were public', async () => {
    const { header, payload } = await partsOf();
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    for (const extra of [
      {},
      { jwk: publicKey.export({ format: 'jwk' }) },
      { jku: 'https://evil.example.com/keys' },
    ]) {
      const text = `${encoded({ ...header, alg: 'RS256', ...extra })}.${encoded(payload)}`;
      const signature = sign('sha256', Buffer.from(text), privateKey).toString('base64url');
      assert.equal(await codeOf(`${text}.${signature}`), 'unauthenticated');
    }
    const octets = { kty: 'oct', k: Buffer.from('attacker').toString('base64url') };
    assert.equal(
      await codeOf(forge({ ...header, jwk: octets }, payload, { key: 'attacker' })),
      'unauthenticated',
    );
  });

  test('another key, key id, type, issuer, audience, or a missing claim is refused', async () => {
    const { header, payload } = await partsOf();
    const refused = {
      'other key': forge(header, payload, { key: nextKey }),
      'other kid': forge({ ...header, kid: 'another1' }, payload),
      'no kid': forge({ ...header, kid: undefined }, payload),
      'other typ': forge({ ...header, typ: 'JWT' }, payload),
      'other issuer': forge(header, { ...payload, iss: 'https://other.example.edu' }),
      'other audience': forge(header, { ...payload, aud: 'https://other.example.edu' }),
      'no expiry': forge(header, { ...payload, exp: undefined }),
      'no session': forge(header, { ...payload, sid: undefined }),
      'a session that is no id': forge(header, { ...payload, sid: "' or 1=1" }),
      'no person': forge(header, { ...payload, sub: undefined }),
      'critical extension': forge({ ...header, crit: ['x'], x: 1 }, payload),
    };
    for (const [what, token] of Object.entries(refused))
      assert.equal(await codeOf(token), 'unauthenticated', what);
  });

  test('a token of which any part was changed is refused', async () => {
    const { token } = await tokens.issue(claims, now);
    const { header, payload } = await partsOf();
    const [, , signature] = token.split('.');
    const other = encoded({ ...payload, sub: randomUUID() });
    assert.equal(await codeOf(`${encoded(header)}.${other}.${signature}`), 'unauthenticated');
    for (const broken of ['', '.', '..', 'a.b.c', token.slice(0, -3), `${token}.x`, token.replace('.', '')]) {
      assert.equal(await codeOf(broken), 'unauthenticated', broken);
    }
  });

  test('while keys are rotated tokens of the previous one are accepted, and new ones are signed by the new one', async () => {
    const { token: before } = await tokens.issue(claims, now);
    const rotating = createAccessTokens({ ...options, secretKey: nextKey, previousSecretKey: secretKey });
    assert.deepEqual(await rotating.verify(before, now), claims);
    const { token: after } = await rotating.issue(claims, now);
    const done = createAccessTokens({ ...options, secretKey: nextKey });
    assert.deepEqual(await done.verify(after, now), claims);
    assert.equal(await codeOf(before, now, done), 'unauthenticated');
    assert.equal(await codeOf(after, now, tokens), 'unauthenticated');
  });
});
