import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createEncryption, hashToken } from '#platform/crypto.ts';
import { newId } from '#platform/ids.ts';
import { idOfEmailToken, makeEmailToken, remakeEmailToken, type TokenSubject } from './email-token.ts';

const [oldKey, newKey, otherKey] = ['1', '2', '3'].map((text) => text.repeat(44)) as [string, string, string];
const subject: TokenSubject = {
  id: newId(),
  purpose: 'passwordReset',
  email: 'a@example.com',
  password_hash: '$argon2id$1',
};

suite('mailed tokens', () => {
  const old = createEncryption(oldKey, null);
  const token = makeEmailToken(old, subject);
  const stored = hashToken(token);

  test('one is 64 URL-safe characters that name their row, and is made again from what is stored and the key', () => {
    assert.match(token, /^[\w-]{64}$/);
    assert.equal(idOfEmailToken(token), subject.id);
    assert.equal(remakeEmailToken(old, subject, stored), token);
  });

  test('while keys are rotated one made with the former key still counts; without that key it does not', () => {
    const rotating = createEncryption(newKey, oldKey);
    assert.equal(remakeEmailToken(rotating, subject, stored), token);
    const made = makeEmailToken(rotating, subject);
    assert.equal(made, makeEmailToken(createEncryption(newKey, null), subject));
    assert.equal(remakeEmailToken(createEncryption(newKey, otherKey), subject, stored), undefined);
  });

  test('one is bound to its row, purpose and address, and one for a new password to the old', () => {
    const changes: Partial<TokenSubject>[] = [
      { id: newId() },
      { purpose: 'verification' },
      { email: 'A@example.com' },
      { email: null },
      { password_hash: '$argon2id$2' },
      { password_hash: null },
    ];
    for (const change of changes) {
      assert.equal(
        remakeEmailToken(old, { ...subject, ...change }, stored),
        undefined,
        JSON.stringify(change),
      );
    }
    const proof = { ...subject, purpose: 'verification' } as const;
    const kept = hashToken(makeEmailToken(old, proof));
    assert.ok(remakeEmailToken(old, { ...proof, password_hash: '$argon2id$2' }, kept));
  });

  test('what has not the shape of one names no row', () => {
    for (const text of [
      '',
      'x',
      token.slice(1),
      `${token}A`,
      `${token}\n`,
      `${token.slice(1)}=`,
      `${token.slice(1)}ä`,
    ]) {
      assert.equal(idOfEmailToken(text), undefined, text);
    }
  });
});
