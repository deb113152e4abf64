import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { makePeople, makePerson, signIn, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('users', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  test('only admins see and change people', async () => {
    const address = `/users/${people.student.id}`;
    for (const path of ['/users', address]) {
      assert.equal((await server.get(path)).status, 401);
      assert.equal((await server.get(path, people.instructor.token)).status, 403);
      assert.equal((await server.get(path, people.student.token)).status, 403);
      assert.equal((await server.get(path, people.admin.token)).status, 200);
    }
    assert.equal((await server.patch(address, { role: 'admin' }, people.student.token)).status, 403);
  });

  test('nobody changes their own role', async () => {
    const answer = await server.patch('/me', { role: 'admin' }, people.student.token);
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.body.errors, [
      { path: '/role', code: 'unknown_field', message: 'This field is unknown or read-only.' },
    ]);
  });

  test('an admin makes an account without an address, in which nobody can sign in', async () => {
    const made = await server.post('/users', { name: 'No Mail', role: 'student' }, people.admin.token);
    assert.equal(made.status, 201, made.text);
    assert.equal(made.headers.get('location'), `/api/v1/users/${made.body.id}`);
    assert.equal(made.body.email, null);
    const patched = await server.patch(
      `/users/${made.body.id}`,
      { email: 'now@example.com' },
      people.admin.token,
    );
    assert.equal(patched.body.email, 'now@example.com');
    const login = await server.post('/auth/login', { email: 'now@example.com', password: '' });
    assert.equal(login.body.code, 'invalid_credentials');
  });

  test('a deactivated person is out at once, and back when reactivated', async () => {
    const person = await makePerson(server, 'student');
    assert.equal((await server.delete(`/users/${person.id}`, people.admin.token)).status, 204);
    assert.equal((await server.get('/me', person.token)).status, 401);
    const login = await server.post('/auth/login', { email: person.email, password: person.password });
    assert.equal(login.body.code, 'invalid_credentials');
    assert.equal(
      (await server.patch(`/users/${person.id}`, { status: 'active' }, people.admin.token)).status,
      200,
    );
    assert.equal(
      (await server.get('/me', (await signIn(server, person.email, person.password)).token)).status,
      200,
    );
  });

  test('a role taken away is gone with the next request', async () => {
    const person = await makePerson(server, 'admin');
    assert.equal((await server.get('/users', person.token)).status, 200);
    await server.patch(`/users/${person.id}`, { role: 'student' }, people.admin.token);
    assert.equal((await server.get('/users', person.token)).status, 403);
  });

  test('a new password ends every session', async () => {
    const person = await makePerson(server, 'student');
    const answer = await server.patch(
      `/users/${person.id}`,
      { password: 'another-long-phrase' },
      people.admin.token,
    );
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await server.get('/me', person.token)).status, 401);
    assert.ok(await signIn(server, person.email, 'another-long-phrase'));
  });

  test('a password that is common, of words of the place, or the person’s own address, is refused', async () => {
    for (const [password, code] of [
      ['password1', 'password_common'],
      ['PassWord1', 'password_common'],
      ['me@example.com', 'password_personal'],
      ['short', 'min_length'],
      // The institution of the tests is called LMS Backend.
      ['LMS-Backend-2026!', 'password_context'],
    ]) {
      const answer = await server.post('/auth/register', { email: 'me@example.com', password, name: 'Me' });
      assert.equal(answer.status, 400, password);
      assert.equal(answer.body.errors[0].path, '/password');
      assert.equal(answer.body.errors[0].code, code);
    }
  });

  test('a password has any characters, up to 200, and counts as it was typed', async () => {
    for (const [index, password] of ['aaaaaaaB', ' مرور 🐝 ', `${'x'.repeat(199)}Y`].entries()) {
      const email = `any-characters-${index}@example.com`;
      const made = await server.post('/auth/register', { email, password, name: 'Any' });
      assert.equal(made.status, 201, made.text);
      const login = async (typed: string) =>
        (await server.post('/auth/login', { email, password: typed })).status;
      assert.equal(await login(password), 200, password);
      assert.equal(await login(password.slice(0, -1)), 401, 'not cut');
      const otherCase = password.toUpperCase();
      if (otherCase !== password) assert.equal(await login(otherCase), 401, 'nor in another case');
    }
    const long = { email: 'long@example.com', password: 'x'.repeat(201), name: 'Long' };
    assert.equal((await server.post('/auth/register', long)).status, 400);
  });

  test('people are found by parts of name and address, page by page, without gap or repeat', async () => {
    const names = Array.from({ length: 7 }, (_, index) => `Zoë_${index}% Müller`);
    for (const name of names) await server.post('/users', { name, role: 'student' }, people.admin.token);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor ? `&cursor=${cursor}` : '';
      const page = await server.get(
        `/users?q=${encodeURIComponent('% mü')}&sort=name&limit=3&include=total${next}`,
        people.admin.token,
      );
      assert.equal(page.status, 200, page.text);
      assert.deepEqual(page.body.total, { value: 7, isCapped: false });
      seen.push(...page.body.items.map((item: { name: string }) => item.name));
      cursor = page.body.nextCursor;
    } while (cursor);
    assert.deepEqual(seen, names);
  });

  test('a cursor of other filters, a broken one and a forged one are refused', async () => {
    const first = await server.get('/users?limit=1&sort=name', people.admin.token);
    const cursor = first.body.nextCursor as string;
    const other = await server.get(
      `/users?limit=1&sort=name&role=student&cursor=${cursor}`,
      people.admin.token,
    );
    assert.equal(other.body.code, 'cursor_mismatch');
    assert.equal(
      (await server.get('/users?cursor=%7Bbroken', people.admin.token)).body.code,
      'cursor_invalid',
    );
    const byTime = await server.get('/users?limit=1', people.admin.token);
    const forged = JSON.parse(Buffer.from(byTime.body.nextCursor, 'base64url').toString());
    const text = Buffer.from(JSON.stringify({ ...forged, k: 'no time' })).toString('base64url');
    assert.equal(
      (await server.get(`/users?limit=1&cursor=${text}`, people.admin.token)).body.code,
      'cursor_invalid',
    );
  });

  test('two changes from the same state: the second learns of the first', async () => {
    const address = `/users/${people.otherStudent.id}`;
    const etag = (await server.get(address, people.admin.token)).headers.get('etag') ?? '';
    assert.match(etag, /^"\d+-[\w-]+"$/);
    assert.equal(
      (await server.patch(address, { name: 'One' }, people.admin.token, { 'if-match': etag })).status,
      200,
    );
    const late = await server.patch(address, { name: 'Two' }, people.admin.token, { 'if-match': etag });
    assert.equal(late.status, 412);
    assert.equal(late.body.code, 'precondition_failed');
    assert.equal((await server.get(address, people.admin.token, { 'if-none-match': etag })).status, 200);
    const fresh = (await server.get(address, people.admin.token)).headers.get('etag') ?? '';
    assert.equal((await server.get(address, people.admin.token, { 'if-none-match': fresh })).status, 304);
  });

  test('reading one person takes two statements, a list as many for 1 as for 100', async () => {
    server.takeStatements();
    await server.get(`/users/${people.student.id}`, people.admin.token);
    assert.equal(server.takeStatements().length, 2);
    await server.get('/users?limit=1', people.admin.token);
    const one = server.takeStatements().length;
    await server.get('/users?limit=100', people.admin.token);
    assert.equal(server.takeStatements().length, one);
  });
});

suite('the last admin', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  test('stays one, also when two take each other’s role away at the same time', async () => {
    const one = await makePerson(server, 'admin');
    const alone = await server.patch(`/users/${one.id}`, { role: 'student' }, one.token);
    assert.equal(alone.body.code, 'last_admin');
    const two = await makePerson(server, 'admin');
    const answers = await Promise.all([
      server.patch(`/users/${two.id}`, { role: 'student' }, one.token),
      server.patch(`/users/${one.id}`, { role: 'student' }, two.token),
    ]);
    const { rows } = await server.open.engine.boss
      .getDb()
      .executeSql(
        `select count(*)::int as count from app_user where role = 'admin' and deactivated_at is null`,
      );
    assert.equal(rows[0].count, 1, answers.map(({ text }) => text).join('\n'));
  });
});
