import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { mailedToken } from '#test/mailed-token.ts';
import { makePerson, signIn } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import type { Person } from '#test/client.ts';
import { renderChoosePage, renderPressPage } from './pages/account-pages.ts';
import { accountWords } from './pages/words.ts';

suite('pages that mailed links open', () => {
  let server: TestServer;
  let person: Person;
  before(async () => {
    server = await startTestServer({ config: { projectName: 'Harbour <Academy>' } });
    person = await server.registerStudent('Ottilie Weber-Lund');
  });
  after(() => server.stop());

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(server.address + path, { headers, redirect: 'manual' });
  const post = (path: string, fields: Record<string, string>) =>
    fetch(server.address + path, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  const isVerified = async () => (await server.get('/me', person.token)).body.emailVerified as boolean;

  test('reading one changes nothing, however often; sending its form confirms the address by a password', async () => {
    const token = await mailedToken(server, 'verification', person.id);
    for (const method of ['GET', 'HEAD', 'GET']) {
      const { status } = await fetch(`${server.address}/verify-email?token=${token}`, { method });
      assert.equal(status, 200);
    }
    assert.equal(await isVerified(), false);
    const html = await (await get(`/verify-email?token=${token}`)).text();
    assert.ok(html.includes(`name="token" value="${token}"`) && html.includes(person.email));
    assert.ok(html.includes(`href="/undo-registration?token=${token}"`));
    const without = await post('/verify-email', { token });
    assert.deepEqual([without.status, await isVerified()], [400, false]);
    const { password } = person;
    const done = await post('/verify-email', { token, password, repeat: password });
    assert.deepEqual([done.status, headingOf(await done.text())], [200, 'Address confirmed']);
    assert.equal(await isVerified(), true);
    const again = await post('/verify-email', { token, password, repeat: password });
    assert.deepEqual([again.status, headingOf(await again.text())], [400, 'This link does not work']);
  });

  test('an address that an admin gave is confirmed by a button alone', async () => {
    const moved = await makePerson(server, 'student');
    const admin = await makePerson(server, 'admin');
    await server.patch(`/users/${moved.id}`, { email: `moved-${moved.email}` }, admin.token);
    const token = await mailedToken(server, 'verification', moved.id);
    const html = await (await get(`/verify-email?token=${token}`)).text();
    assert.doesNotMatch(html, /<input[^>]*type="password"|href=/);
    assert.equal(headingOf(await (await post('/verify-email', { token })).text()), 'Address confirmed');
  });

  test('who did not register presses a button, and the account has the address no more', async () => {
    const stranger = await server.registerStudent();
    const token = await mailedToken(server, 'verification', stranger.id);
    const html = await (await get(`/undo-registration?token=${token}`)).text();
    assert.ok(html.includes(stranger.email) && headingOf(html) === 'Was it not you?');
    assert.equal((await server.get('/me', stranger.token)).status, 200, 'reading changes nothing');
    const done = await post('/undo-registration', { token });
    assert.deepEqual([done.status, headingOf(await done.text())], [200, 'The account is shut']);
    assert.equal((await server.get('/me', stranger.token)).status, 401);
    assert.equal((await post('/undo-registration', { token })).status, 400);
  });

  test('a password is chosen; what is wrong with one is said, and the link stays good', async () => {
    const token = await mailedToken(server, 'passwordReset', person.id);
    const send = async (password: string, repeat = password) => {
      const answer = await post('/reset-password', { token, password, repeat });
      return [answer.status, await answer.text()] as const;
    };
    const { problems } = accountWords('en');
    const refused = [
      ['short', 'short', problems.short.replace('{min}', '8')],
      ['a'.repeat(201), 'a'.repeat(201), problems.long.replace('{max}', '200')],
      ['rowan-and-yew-52', 'rowan-and-yew-53', problems.different],
      ['password1', 'password1', problems.common],
      ['ottilie weber-lund', 'ottilie weber-lund', problems.personal],
    ] as const;
    for (const [password, repeat, problem] of refused) {
      const [status, html] = await send(password, repeat);
      assert.equal(status, 400);
      assert.ok(html.includes(problem), problem);
      assert.ok(!html.includes(password), 'no password is shown again');
    }
    const [status, html] = await send('🌧 rowan, yew & 52 %41');
    assert.deepEqual([status, headingOf(html)], [200, 'Password changed']);
    assert.ok(await signIn(server, person.email, '🌧 rowan, yew & 52 %41'));
    assert.equal((await server.get('/me', person.token)).status, 401);
    assert.equal((await send('rowan-and-yew-52'))[0], 400);
  });

  test('the fields of a password hide it, and password managers can fill them', async () => {
    const token = await mailedToken(server, 'passwordReset', person.id);
    const html = await (await fetch(new URL(`/reset-password?token=${token}`, server.baseUrl))).text();
    const fields = html.match(/<input [^>]*name="(?:password|repeat)"[^>]*>/g) ?? [];
    assert.equal(fields.length, 2);
    for (const field of fields) assert.match(field, / type="password" autocomplete="new-password" /);
    assert.match(html, /autocomplete="username"/);
    assert.doesNotMatch(html, /onpaste|<script/);
  });

  test('any link that does not count opens one and the same page', async () => {
    const wrong = await mailedToken(server, 'verification');
    const pages = new Set<string>();
    for (const query of [
      '',
      '?token=',
      '?token=x',
      `?token=${'A'.repeat(64)}`,
      '?token=a&token=b',
      `?token=${wrong}`,
    ]) {
      const answer = await get(`/reset-password${query}`);
      assert.equal(answer.status, 400, query);
      pages.add(await answer.text());
    }
    assert.equal(pages.size, 1);
    assert.equal((await get(`/verify-email?token=${wrong}&utm_source=mail`)).status, 200);
  });

  test('nothing runs, nothing comes from elsewhere, nothing is kept, and the address is told to nobody', async () => {
    for (const path of ['/verify-email', '/reset-password']) {
      const { headers, text } = await get(path).then(async (answer) => ({
        headers: answer.headers,
        text: await answer.text(),
      }));
      const css = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? '';
      const hash = createHash('sha256').update(css).digest('base64');
      assert.equal(
        headers.get('content-security-policy'),
        `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
      );
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('x-robots-tag'), 'noindex');
      assert.doesNotMatch(text, /<script|<link|\sstyle=|\ssrc=|\shref=|\son\w+=|url\(|@import/);
      assert.ok(text.includes('Harbour &lt;Academy&gt;'));
    }
  });

  test('it speaks the reader’s language, English where it has none', async () => {
    const cases = [
      ['ar-EG', '<html lang="ar" dir="rtl">'],
      ['de-AT,en;q=0.5', '<html lang="de" dir="ltr">'],
      ['es', '<html lang="es" dir="ltr">'],
      ['fr', '<html lang="en" dir="ltr">'],
    ] as const;
    for (const [language, start] of cases) {
      const answer = await get('/verify-email', { 'accept-language': language });
      assert.ok((await answer.text()).includes(start), language);
      assert.equal(answer.headers.get('vary'), 'Accept-Language');
    }
  });

  test('forms alone are taken, small ones, with no other fields; and forms nowhere else', async () => {
    const json = await fetch(`${server.address}/verify-email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"token":"x"}',
    });
    assert.equal(json.status, 415);
    assert.equal((await post('/verify-email', { token: 'x'.repeat(20_000) })).status, 413);
    assert.equal((await post('/verify-email', { token: 'x', more: 'y' })).status, 400);
    assert.equal((await post('/reset-password', { token: 'x' })).status, 400);
    assert.equal((await post('/verify-email', { token: '\u0000' })).status, 400);
    assert.equal((await post('/api/v1/auth/login', { email: 'a', password: 'b' })).status, 415);
  });

  test('an address is shown as it is, and never run', () => {
    const token = { token: `"><script>`, email: `$&<script>"@example.com` };
    const context = { projectName: 'X', locale: 'en' };
    for (const html of [
      renderPressPage(context, '/verify-email', token),
      renderChoosePage(context, '/reset-password', token),
    ]) {
      assert.doesNotMatch(html, /<script/);
      assert.ok(html.includes('<bdi dir="auto">$&amp;&lt;script&gt;&quot;@example.com</bdi>'));
    }
  });
});

function headingOf(html: string): string | undefined {
  return /<h1>(.*?)<\/h1>/.exec(html)?.[1];
}
