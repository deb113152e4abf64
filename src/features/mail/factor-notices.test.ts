import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { addApp, addPasskey, beginLogin, makeRecoveryCodes, openSession } from '#test/factors.ts';
import { makePerson } from '#test/people.ts';
import { startMailSystem, type MailSystem } from './mail-testing.ts';

suite('notices of second factors', () => {
  let system: MailSystem;
  before(async () => {
    system = await startMailSystem();
  });
  after(() => system.stop());

  test('the owner is told of each change, of a recovery code that was used, of guesses and of an admin, in their language', async () => {
    const { server } = system;
    const admin = await makePerson(server, 'admin');
    const person = await makePerson(server, 'student', 'Ottilie Weber');
    await server.patch('/me', { locale: 'de-AT' }, person.token);
    await system.runMails();
    system.takenFor(person.email);
    const told = async () => {
      await system.runMails();
      return system.takenFor(person.email).map(({ mail }) => mail.subject);
    };

    await addApp(server, person.token);
    assert.deepEqual(await told(), ['Eine Authenticator-App wurde hinzugefügt']);
    const key = await addPasskey(server, person.token);
    const [code] = await makeRecoveryCodes(server, person.token);
    assert.deepEqual((await told()).toSorted(), [
      'Ein Passkey wurde hinzugefügt',
      'Neue Wiederherstellungscodes wurden erstellt',
    ]);

    const answer = async (method: string, given?: string) =>
      server.post('/auth/login/challenges', {
        challengeToken: await beginLogin(server, person.id),
        method,
        code: given,
      });
    assert.equal((await answer('recoveryCode', code)).status, 200);
    await system.runMails();
    const [used] = system.takenFor(person.email);
    assert.equal(used?.mail.subject, 'Ein Wiederherstellungscode wurde verwendet');
    assert.match(used?.mail.text ?? '', /Verbleibende Wiederherstellungscodes:? +9/);
    assert.match(used?.mail.text ?? '', /Ottilie Weber/);

    for (let round = 0; round < 6; round += 1) await answer('totp', '000000');
    assert.deepEqual(await told(), ['Jemand versucht, Ihre Codes zu erraten'], 'once');
    await server.delete(`/me/passkeys/${key.id}`, person.token);
    await server.delete('/me/totp', person.token);
    assert.deepEqual((await told()).toSorted(), [
      'Ein Passkey wurde entfernt',
      'Ihre Authenticator-App wurde entfernt',
    ]);
    await server.delete(`/users/${person.id}/factors`, admin.token);
    assert.deepEqual(await told(), ['Ihre zweiten Faktoren wurden entfernt']);
    assert.ok(await openSession(server, person.id));
  });
});
