import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Person } from '#test/client.ts';
import { addPasskey } from '#test/factors.ts';
import { makePerson, signIn } from '#test/people.ts';
import { deviceNameOf } from './device-name.ts';
import { startMailSystem, type MailSystem } from './mail-testing.ts';

suite('notices of addresses, passwords and what opens an account', () => {
  let system: MailSystem;
  let admin: Person;
  let count = 0;
  before(async () => {
    system = await startMailSystem();
    admin = await makePerson(system.server, 'admin');
  });
  after(() => system.stop());

  /** Somebody whose first mails have gone out. */
  const makeReader = async (locale = 'en') => {
    const person = await makePerson(system.server, 'student', 'Ottilie Weber');
    await system.server.patch('/me', { locale }, person.token);
    await system.runMails();
    system.takenFor(person.email);
    return person;
  };
  const newEmail = () => `fresh-${(count += 1)}@example.com`;
  const told = async (email: string) => {
    await system.runMails();
    return system.takenFor(email).map(({ mail }) => ({ subject: mail.subject, text: mail.text ?? '' }));
  };
  const tokenIn = (text: string | undefined, path: string) =>
    new RegExp(`https://learn\\.example\\.edu/${path}\\?token=([\\w-]+)`).exec(text ?? '')?.[1] ?? '';

  test('another address: a link to the new one, a way to stop it to the old one, which is told again once it counts', async () => {
    const { server } = system;
    const person = await makeReader('de');
    const email = newEmail();
    await server.post('/me/email-changes', { email }, person.token);
    const [asked, ...noMore] = await told(person.email);
    assert.ok(asked);
    assert.deepEqual([asked.subject, noMore], ['Eine andere Adresse wurde gewünscht', []]);
    assert.ok(asked.text.includes(email));
    assert.match(asked.text, /Ottilie Weber/);
    const [sent] = await told(email);
    assert.equal(sent?.subject, 'Bestätigen Sie Ihre neue Adresse');
    assert.doesNotMatch(sent.text, /Ottilie|undo/, 'nobody there is known, nor can stop it');
    assert.doesNotMatch(asked.text, /confirm-email/);
    const confirmed = await server.put(`/auth/email-changes/${tokenIn(sent.text, 'confirm-email')}`);
    assert.equal(confirmed.status, 204);
    const [changed] = await told(person.email);
    assert.equal(changed?.subject, 'Ihre Adresse wurde geändert');
    assert.deepEqual(await told(email), []);
    const undone = await server.delete(`/auth/email-changes/${tokenIn(changed.text, 'undo-email-change')}`);
    assert.equal(undone.status, 204);
    const [reset] = await told(person.email);
    const token = tokenIn(reset?.text, 'reset-password');
    const chosen = await server.put(`/auth/password-resets/${token}`, { password: 'rowan-and-yew-52' });
    assert.equal(chosen.status, 204, 'the way to a new password');
  });

  test('enumeration: who wants another’s address is told what anybody is; the owner is told, once a day', async () => {
    const { server } = system;
    const [owner, other] = [await makeReader(), await makeReader()];
    for (const email of [owner.email, owner.email.toUpperCase()])
      await server.post('/me/email-changes', { email }, other.token);
    const subjects = (await told(other.email)).map(({ subject }) => subject);
    assert.deepEqual(new Set(subjects), new Set(['Another address was asked for']));
    const [wanted, ...noMore] = await told(owner.email);
    assert.deepEqual([wanted?.subject, noMore], ['Somebody wants to use your address', []]);
    assert.ok(!wanted?.text.includes(other.email) && !wanted?.text.includes('token='));
  });

  test('an address that an admin changes: the old one is told, without a link', async () => {
    const { server } = system;
    const person = await makeReader('es');
    const email = newEmail();
    await server.patch(`/users/${person.id}`, { email }, admin.token);
    const [notice] = await told(person.email);
    assert.equal(notice?.subject, 'La administración ha cambiado su dirección');
    assert.ok(notice.text.includes(email) && !notice.text.includes('token='));
    const [asked] = await told(email);
    assert.equal(asked?.subject, 'Confirme su dirección', 'which is to be confirmed');
  });

  test('a password of one’s own: when, on which device, and that the session there goes on', async () => {
    const { server } = system;
    const person = await makeReader();
    const agent =
      'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 https://evil.example';
    const login = { email: person.email, password: person.password };
    const { body } = await server.post('/auth/login', login, undefined, { 'user-agent': agent });
    const change = { currentPassword: person.password, password: 'rowan-and-yew-52' };
    assert.equal((await server.put('/me/password', change, body.accessToken)).status, 204);
    const [notice] = await told(person.email);
    assert.match(notice?.text ?? '', /all your other sessions have ended/);
    assert.match(notice?.text ?? '', /Device:? +Firefox, Linux/);
    assert.doesNotMatch(notice?.text ?? '', /evil|rowan/);
  });

  test('an API key: its name, not its secret', async () => {
    const { server } = system;
    const person = await makeReader('ar');
    const body = { name: 'Nightly export', scopes: ['courses:read'] };
    const { body: made } = await server.post('/me/api-keys', body, person.token);
    const [notice] = await told(person.email);
    assert.equal(notice?.subject, 'أُنشئ مفتاح API');
    assert.ok(notice.text.includes('Nightly export') && !notice.text.includes(made.key));
  });

  test('an API key that has a new secret: its owner is told each time, without the secret', async () => {
    const { server } = system;
    const person = await makeReader('de');
    const body = { name: 'Nightly export', scopes: ['courses:read'] };
    const { body: made } = await server.post('/me/api-keys', body, person.token);
    await told(person.email);
    const rotate = () => server.post(`/me/api-keys/${made.id}/secret`, undefined, person.token);
    for (const time of ['once', 'twice']) {
      const { body: rotated } = await rotate();
      const [notice, ...more] = await told(person.email);
      assert.deepEqual(
        [notice?.subject, more.length],
        ['Ein API-Schlüssel hat ein neues Geheimnis', 0],
        time,
      );
      assert.ok(notice?.text.includes('Nightly export') && !notice.text.includes(rotated.key));
    }
  });

  /** Whose address is `email` since a moment ago, and was that of `person`. */
  async function makeMoved() {
    const { server } = system;
    const person = await makeReader('de');
    const email = newEmail();
    await server.post('/me/email-changes', { email }, person.token);
    const [sent] = await told(email);
    await server.put(`/auth/email-changes/${tokenIn(sent?.text, 'confirm-email')}`);
    await told(person.email);
    return { person, email };
  }

  test('an erasure that is asked for is told, to the old address too while the change can be undone', async () => {
    const { server } = system;
    const { person, email } = await makeMoved();
    assert.equal((await server.post('/me/erasure', {}, person.token)).status, 202);
    for (const address of [email, person.email]) {
      const [notice, ...more] = await told(address);
      assert.deepEqual([notice?.subject, more.length], ['Ihr Konto soll gelöscht werden', 0], address);
      assert.match(notice?.text ?? '', /Löschung am:? +\S/);
    }
    await server.delete('/me/erasure', person.token);
    server.clock.advance({ days: 7 });
    admin = { ...admin, ...(await signIn(server, admin.email, admin.password)) };
    assert.equal((await server.post(`/users/${person.id}/erasure`, {}, admin.token)).status, 202);
    assert.deepEqual([(await told(email)).length, (await told(person.email)).length], [1, 0]);
  });

  test('another password and factors are told to the former address too while the change can be undone', async () => {
    const { server } = system;
    const { person, email } = await makeMoved();
    await addPasskey(server, person.token);
    const body = { currentPassword: person.password, password: 'rowan-and-yew-52' };
    assert.equal((await server.put('/me/password', body, person.token)).status, 204);
    for (const address of [email, person.email]) {
      const subjects = (await told(address)).map(({ subject }) => subject);
      const both = ['Ein Passkey wurde hinzugefügt', 'Ihr Passwort wurde geändert'];
      assert.deepEqual(subjects.toSorted(), both, address);
    }
    server.clock.advance({ days: 7 });
    await server.post('/auth/password-resets', { email });
    const token = tokenIn((await told(email))[0]?.text, 'reset-password');
    await server.put(`/auth/password-resets/${token}`, { password: 'ash-and-elder-39' });
    assert.deepEqual([(await told(email)).length, (await told(person.email)).length], [1, 0]);
    admin = { ...admin, ...(await signIn(server, admin.email, admin.password)) };
  });

  test('a device is named by words of ours, whatever it calls itself', () => {
    const named = {
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Safari/604':
        'Safari, iOS',
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140.0 Safari/537 Edg/140.0': 'Edge, Windows',
      'Call 0900 123456 now': null,
      '': null,
    };
    for (const [agent, name] of Object.entries(named)) assert.equal(deviceNameOf(agent), name, agent);
    assert.equal(deviceNameOf(null), null);
  });
});
