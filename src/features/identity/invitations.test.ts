import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { startMailSystem, type MailSystem } from '#features/mail/mail-testing.ts';
import { importsOf } from '#features/imports/import-testing.ts';
import type { Body } from '#test/client.ts';
import { makePerson, signIn } from '#test/people.ts';

const password = 'rowan-and-yew-52';

suite('invitations', () => {
  let system: MailSystem;
  let admin: Awaited<ReturnType<typeof makePerson>>;
  before(async () => {
    system = await startMailSystem();
    admin = await makePerson(system.server, 'admin');
    await system.runMails();
  });
  after(() => system.stop());

  const invite = async (email: string, locale = 'en'): Promise<Body> => {
    const body = { name: 'Ada', role: 'student', email, invite: true, locale };
    const answer = await system.server.post('/users', body, admin.token);
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  };
  const again = (id: string) => system.server.post(`/users/${id}/invitation`, undefined, admin.token);
  const mailed = async (email: string) => {
    await system.runMails();
    return system.takenFor(email).map(({ mail }) => ({
      subject: mail.subject,
      token: /\/accept-invitation\?token=([\w-]+)/.exec(mail.text ?? '')?.[1] ?? '',
    }));
  };
  const accept = (token: string) => system.server.put(`/auth/invitations/${token}`, { password });
  const mayLogIn = async (email: string) =>
    (await system.server.post('/auth/login', { email, password })).status === 200;

  test('the invited gets one mail in their language, chooses a password by it once, and only then signs in', async () => {
    const email = 'ada@invited.example';
    const { id, invitedAt } = await invite(email, 'de-AT');
    assert.ok(invitedAt);
    assert.equal(await mayLogIn(email), false);
    const mails = await mailed(email);
    assert.deepEqual(
      mails.map(({ subject }) => subject),
      ['Ihr Konto bei LMS Backend'],
    );
    const token = mails[0]?.token ?? '';
    const weak = await system.server.put(`/auth/invitations/${token}`, { password: 'password' });
    assert.equal(weak.status, 400);
    const other = await system.server.put(`/auth/password-resets/${token}`, { password });
    assert.equal(other.body.code, 'email_token_invalid', 'it is good for nothing else');
    assert.deepEqual([(await accept(token)).status, (await accept(token)).status], [204, 400]);
    assert.equal(await mayLogIn(email), true);
    const user = (await system.server.get(`/users/${id}`, admin.token)).body;
    assert.deepEqual([user.invitedAt, user.emailVerified], [null, true]);
    assert.deepEqual([(await again(id)).status, (await again(id)).body.code], [409, 'has_password']);
    assert.deepEqual(await mailed(email), [], 'and no notice of a changed password');
  });

  test('the page takes a first password', async () => {
    const email = 'rosa@invited.example';
    await invite(email);
    const [mail] = await mailed(email);
    const page = `${system.server.address}/accept-invitation`;
    const shown = await (await fetch(`${page}?token=${mail?.token}`)).text();
    assert.match(shown, /<h1>Choose your password<\/h1>/);
    const body = new URLSearchParams({ token: mail?.token ?? '', password, repeat: password });
    const done = await fetch(page, { method: 'POST', body });
    assert.deepEqual([done.status, /<h1>All is ready<\/h1>/.test(await done.text())], [200, true]);
    assert.equal(await mayLogIn(email), true);
  });

  test('who has no address, is deactivated, or would be given a password too is not invited', async () => {
    const { server } = system;
    const post = (body: object) =>
      server.post('/users', { name: 'X', role: 'student', ...body }, admin.token);
    assert.equal((await post({ invite: true })).status, 400);
    assert.equal((await post({ invite: true, email: 'x@invited.example', password })).status, 400);
    const { id } = (await post({})).body;
    assert.equal((await again(id)).body.code, 'has_no_address');
    await server.request('DELETE', `/users/${id}`, { token: admin.token });
    assert.equal((await again(id)).body.code, 'account_deactivated');
  });

  test('a file invites those who have no password, once a week', async () => {
    const { check, apply } = importsOf(system.server);
    const file = `email,name,invite\nnew@invited.example,New,true\n${admin.email},${admin.name},TRUE\n`;
    const { id } = await check('people', file, admin);
    assert.deepEqual(await mailed('new@invited.example'), [], 'not by a dry run');
    assert.deepEqual((await apply(id, admin)).application.counts, {
      created: 1,
      updated: 0,
      unchanged: 1,
      failed: 0,
    });
    assert.equal((await mailed('new@invited.example')).length, 1);
    const later = await check('people', file, admin);
    await apply(later.id, admin);
    assert.deepEqual(await mailed('new@invited.example'), []);
  });

  test('a newer invitation voids the one before, a week voids it, and a reset meanwhile as well', async () => {
    const email = 'grace@invited.example';
    const { id } = await invite(email);
    const [first] = await mailed(email);
    assert.equal((await again(id)).status, 202);
    const [second] = await mailed(email);
    assert.equal((await accept(first?.token ?? '')).status, 400);
    system.server.clock.advance({ days: 7, ms: 1 });
    assert.equal((await accept(second?.token ?? '')).status, 400);
    admin = { ...admin, ...(await signIn(system.server, admin.email, admin.password)) };
    await again(id);
    const [third] = await mailed(email);
    await system.server.post('/auth/password-resets', { email });
    await system.runMails();
    const text = system.takenFor(email)[0]?.mail.text ?? '';
    assert.match(text, /reset-password/);
    const reset = /reset-password\?token=([\w-]+)/.exec(text)?.[1];
    assert.equal(
      (await system.server.put(`/auth/password-resets/${reset}`, { password: 'ash-and-elder-39' })).status,
      204,
    );
    assert.equal((await accept(third?.token ?? '')).status, 400);
  });
});
