import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Answer } from '#test/client.ts';
import { mailedToken } from '#test/mailed-token.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

const password = 'rowan-and-yew-52';

/** What of an answer a stranger can look at, but the id of the request. */
function seen({ status, text, headers }: Answer): string {
  return JSON.stringify([status, text.replace(/"requestId":"[^"]*"/, ''), headers.get('content-type')]);
}

suite('limits of what strangers may have mailed, where addresses are confirmed first', () => {
  let server: TestServer;
  before(async () => {
    const config = { requireEmailVerificationForLogin: true, trustedProxies: ['127.0.0.1'] };
    server = await startTestServer({ config: { ...config, rateLimitsEnabled: true } });
  });
  after(() => server.stop());

  let last = 0;
  const newPlace = () => ({ 'x-forwarded-for': `203.0.113.${(last += 1)}` });
  const statusesOf = async (count: number, ask: (at: number) => Promise<Answer>) => {
    const statuses: number[] = [];
    for (let at = 0; at < count; at += 1) statuses.push((await ask(at)).status);
    return statuses;
  };

  test('enumeration: registering and then signing in tells nothing', async () => {
    const { email: confirmed } = await makePerson(server, 'student');
    const told = async (email: string) => {
      const place = newPlace();
      const answers = [
        seen(await server.post('/auth/register', { email, password, name: 'Eve' }, undefined, place)),
      ];
      // As often as it takes to be slowed.
      for (let at = 0; at < 7; at += 1) {
        server.takeStatements();
        const answer = await server.post('/auth/login', { email, password }, undefined, place);
        const { headers } = answer;
        const names = ['retry-after', 'ratelimit', 'set-cookie', 'x-device-token'];
        const seconds = (name: string) => headers.get(name)?.replace(/;t=\d+$/, '');
        answers.push(JSON.stringify([seen(answer), names.map(seconds), server.takeStatements()]));
      }
      return answers;
    };
    const all = [await told(confirmed), await told('new@example.com'), await told('new@example.com')];
    assert.match(all[0]?.[1] ?? '', /401.*invalid_credentials/);
    assert.match(all[0]?.[7] ?? '', /429.*too_many_attempts/);
    assert.deepEqual(all[1], all[0]);
    // It was slowed before.
    assert.deepEqual(all[2]?.slice(0, 1), all[0]?.slice(0, 1));
  });

  test('lockout of others: five mails an hour of each kind to one address, however it is spelled; thirty requests a minute from one place', async () => {
    const place = newPlace();
    const spellings = ['a@example.com', 'A@example.com', 'ａ@example.com'];
    const ask = (path: string, email?: string) => server.post(path, { email }, undefined, place);
    for (const path of ['/auth/email-verifications', '/auth/password-resets']) {
      const statuses = await statusesOf(6, (at) => ask(path, spellings[at % 3]));
      assert.deepEqual(statuses, [202, 202, 202, 202, 202, 429]);
    }
    const more = await statusesOf(19, (at) => ask('/auth/password-resets', `other${at}@example.com`));
    assert.deepEqual(more, [...Array<number>(18).fill(202), 429]);
    const { headers } = await ask('/auth/password-resets', 'last@example.com');
    assert.match(headers.get('ratelimit') ?? '', /^"reset";r=0;/);
    const person = await makePerson(server, 'student');
    const body = { email: `new-${person.email}` };
    const own = await server.post('/me/email-changes', body, person.token, place);
    assert.equal(own.status, 202, 'the signed in spend a budget of their own');
  });

  test('lockout of others: mailed tokens that are not good are refused by their number, and the good ones behind the same address count', async () => {
    const place = newPlace();
    const { token: adminToken } = await makePerson(server, 'admin');
    const put = (path: string) => server.put(path, { password }, undefined, place);
    const bad = await statusesOf(125, () => put('/auth/password-resets/x'));
    assert.deepEqual([...new Set(bad.slice(0, 120)), ...new Set(bad.slice(120))], [400, 429]);
    const page = (path: string) => fetch(`${server.address}/${path}`, { headers: place });
    const post = (path: string, token: string) => server.post(path, { token }, undefined, place);
    const others = [
      await put('/auth/invitations/x'),
      await server.put('/auth/email-changes/x', undefined, undefined, place),
      await server.delete('/auth/email-changes/x', undefined, place),
      await post('/auth/email-verifications', 'x'),
      await page('reset-password?token=x'),
      await post('/mail/unsubscribe/x', ''),
    ];
    assert.deepEqual(new Set(others.map(({ status }) => status)), new Set([429]));
    const [refused] = others;
    assert.match(refused?.headers.get('retry-after') ?? '', /^\d+$/);
    assert.deepEqual(JSON.parse((await put('/auth/invitations/x')).text).code, 'rate_limited');

    const makePupil = async (at: number) => {
      const body = { email: `pupil${at}@example.com`, name: 'P', role: 'student' };
      return (await server.post('/users', body, adminToken)).body.id as string;
    };
    const { id, email } = await makePerson(server, 'student');
    const reset = await mailedToken(server, 'passwordReset', id);
    assert.equal((await page(`reset-password?token=${reset}`)).status, 200);
    assert.equal((await put(`/auth/password-resets/${reset}`)).status, 204);
    await server.patch(`/users/${id}`, { email: `new-${email}` }, adminToken);
    const proof = await mailedToken(server, 'verification', id);
    assert.equal((await post('/auth/email-verifications', proof)).status, 204);
    const pupils = await Promise.all(Array.from({ length: 31 }, (_, at) => makePupil(at)));
    const tokens = await Promise.all(pupils.map((each) => mailedToken(server, 'invitation', each)));
    const accepted = await Promise.all(tokens.map((token) => put(`/auth/invitations/${token}`)));
    assert.deepEqual(new Set(accepted.map(({ status }) => status)), new Set([204]), 'a whole class');
  });
});
