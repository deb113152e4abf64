import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { TestServer } from '#test/server.ts';
import { openSession } from '#test/factors.ts';
import {
  assertScimError,
  bring,
  connect,
  enterpriseUrn,
  makeAccount,
  newUser,
  patch,
  rowsOf,
  startScimServer,
  userUrn,
  type Account,
  type Directory,
} from './scim-testing.ts';

suite('users by SCIM', () => {
  let server: TestServer;
  let admin: Account;
  let directory: Directory;
  before(async () => {
    ({ server, admin } = await startScimServer());
    directory = await connect(server, admin);
  });
  after(() => server?.stop());

  const accountOf = async (id: string) => (await server.get(`/users/${id}`, admin.token)).body;
  const change = (id: string, ...operations: object[]) =>
    directory.send('PATCH', `/Users/${id}`, patch(...operations));

  test('Entra’s round: it looks for a user, makes one, reads, changes, disables and enables them', async () => {
    const sent = newUser({ [enterpriseUrn]: { department: 'Physics' } });
    const looking = `/Users?filter=${encodeURIComponent(`userName eq "${sent.userName}"`)}`;
    const none = await directory.send('GET', looking);
    assert.equal(none.status, 200, none.text);
    assert.deepEqual([none.body.totalResults, none.body.Resources], [0, []]);
    const made = await directory.send('POST', '/Users', sent);
    assert.equal(made.status, 201, made.text);
    const { id } = made.body;
    assert.equal(made.headers.get('content-type'), 'application/scim+json; charset=utf-8');
    assert.equal(made.headers.get('location'), made.body.meta.location);
    assert.equal(made.headers.get('cache-control'), 'private, no-store');
    assert.match(made.body.meta.location, /\/scim\/v2\/Users\//);
    assert.deepEqual(
      [made.body.userName, made.body.externalId, made.body.active, made.body.emails[0].value],
      [sent.userName, sent.externalId, true, sent.userName],
    );
    const account = await accountOf(id);
    assert.deepEqual(
      [account.email, account.emailVerified, account.name, account.role, account.status],
      [sent.userName, true, sent.displayName, 'student', 'active'],
    );
    const found = await directory.send('GET', looking.replace('person', 'PERSON'));
    assert.equal(found.body.Resources[0].id, id, 'without regard to case');

    const changed = await change(
      id,
      { op: 'Add', path: `${enterpriseUrn}:manager`, value: 'someone' },
      { op: 'Replace', path: 'displayName', value: 'Ada L.' },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'ada@school.example' },
      { op: 'Replace', path: 'name.familyName', value: 'Lovelace' },
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+44 20' },
      { op: 'Add', value: { 'name.givenName': 'Ada', nickName: 'A', preferredLanguage: 'en_GB' } },
    );
    assert.equal(changed.status, 200, changed.text);
    assert.deepEqual(changed.body.name, {
      formatted: 'Ada L.',
      givenName: 'Ada',
      familyName: 'Lovelace',
    });
    const now = await accountOf(id);
    assert.deepEqual(
      [now.email, now.emailVerified, now.name, now.locale],
      ['ada@school.example', true, 'Ada L.', 'en-GB'],
    );

    const told = await rowsOf(
      server,
      `select from event where type = 'user.email_changed' and data ->> 'userId' = $1`,
      [id],
    );
    assert.equal(told.length, 1, 'the old address hears of it');

    const disabled = await change(id, { op: 'Replace', path: 'active', value: 'False' });
    assert.equal(disabled.body.active, false);
    assert.equal((await accountOf(id)).status, 'deactivated');
    const enabled = await change(id, { op: 'Replace', value: { active: 'True' } });
    assert.equal(enabled.body.active, true);
    assert.equal((await accountOf(id)).status, 'active');
  });

  test('Okta’s round: it pages, puts the whole user, and disables them without a path', async () => {
    const { id, userName } = await bring(directory);
    const page = await directory.send('GET', '/Users?startIndex=1&count=2');
    assert.equal(page.body.itemsPerPage, Math.min(2, page.body.totalResults));
    const body = {
      schemas: [userUrn],
      id,
      userName,
      name: { givenName: 'Grace', familyName: 'Hopper' },
      emails: [{ primary: true, value: 'grace@school.example', type: 'work', display: 'grace' }],
      locale: 'en-US',
      groups: [],
      active: true,
      password: 'never-to-be-kept-1',
    };
    const put = await directory.send('PUT', `/Users/${id}`, body);
    assert.equal(put.status, 200, put.text);
    assert.deepEqual([put.body.displayName, put.body.externalId], ['Grace Hopper', undefined]);
    assert.equal((await accountOf(id)).email, 'grace@school.example');
    const off = await change(id, { op: 'replace', value: { active: false } });
    assert.deepEqual([off.status, off.body.active], [200, false]);
    const [row] = await rowsOf(server, 'select password_hash from app_user where id = $1', [id]);
    assert.equal(row.password_hash, null);
  });

  test('who is disabled is out at once: sessions end, API keys stop', async () => {
    const { id } = await bring(directory);
    const token = await openSession(server, id);
    const { body: key } = await server.post('/me/api-keys', { name: 'k', scopes: ['courses:read'] }, token);
    assert.equal((await server.get('/courses', key.key)).status, 200);
    await change(id, { op: 'replace', path: 'active', value: false });
    assert.equal((await server.get('/me', token)).status, 401);
    assert.equal((await server.get('/courses', key.key)).status, 401);
  });

  test('who was deactivated by hand stays so while the directory only repeats itself', async () => {
    const { id } = await bring(directory);
    assert.equal((await server.delete(`/users/${id}`, admin.token)).status, 204);
    const repeated = await change(id, { op: 'replace', path: 'active', value: true });
    assert.deepEqual([repeated.status, repeated.body.active], [200, false]);
    assert.equal((await accountOf(id)).status, 'deactivated');
  });

  test('who is deleted is deactivated and unknown, and found anew with what was theirs', async () => {
    const sent = newUser();
    const { id } = (await directory.send('POST', '/Users', sent)).body;
    assert.equal((await directory.send('DELETE', `/Users/${id}`)).status, 204);
    assert.equal((await accountOf(id)).status, 'deactivated');
    for (const [method, body] of [
      ['GET'],
      ['DELETE'],
      ['PUT', sent],
      ['PATCH', patch({ op: 'remove', path: 'name' })],
    ] as const)
      assertScimError(await directory.send(method, `/Users/${id}`, body), 404);
    const filter = encodeURIComponent(`externalId eq "${sent.externalId}"`);
    assert.equal((await directory.send('GET', `/Users?filter=${filter}`)).body.totalResults, 0);
    const again = await directory.send('POST', '/Users', sent);
    assert.deepEqual([again.status, again.body.id], [201, id]);
    assert.equal((await accountOf(id)).status, 'active');
  });

  test('two that bring the same person at once make one', async () => {
    for (const fields of [{}, { emails: [], userName: 'racer@school.example' }]) {
      const sent = newUser(fields);
      const answers = await Promise.all([1, 2].map(() => directory.send('POST', '/Users', sent)));
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 409]);
      for (const answer of answers.filter(({ status }) => status === 409))
        assertScimError(answer, 409, 'uniqueness');
    }
    const free = await connect(server, admin, { emailDomains: [] });
    const sent = { schemas: [userUrn], userName: 'without-address' };
    const answers = await Promise.all([1, 2, 3].map(() => free.send('POST', '/Users', sent)));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 409, 409]);
    const made = await rowsOf(server, `select from app_user where name = 'without-address'`);
    assert.equal(made.length, 1, 'no account is left behind');
  });

  test('an account that has the address is taken up where that is proved', async () => {
    const known = await makeAccount(server, 'student', 'known@school.example');
    const { id } = await bring(directory, { userName: 'known', emails: [{ value: 'KNOWN@school.example' }] });
    assert.equal(id, known.id);
    const actions = await rowsOf(
      server,
      `select actor_kind, actor_id from audit_entry where action = 'scim_user.linked' and target_id = $1`,
      [id],
    );
    assert.deepEqual(actions, [{ actor_kind: 'provisioning', actor_id: directory.id }]);
  });

  test('the trail and the events tell that the directory did it, and nobody is written to', async () => {
    const { id } = await bring(directory);
    const { body } = await server.get(`/admin/audit-events?targetId=${id}`, admin.token);
    const made = body.items.find((each: { action: string }) => each.action === 'user.created');
    assert.deepEqual(made.actor, { kind: 'provisioning', id: directory.id, name: 'Directory' });
    const events = await rowsOf(server, `select data, actor_id from event where data ->> 'userId' = $1`, [
      id,
    ]);
    assert.deepEqual(events, [{ data: { userId: id, origin: 'provisioning' }, actor_id: null }]);
  });

  test('filters, pages and attributes', async () => {
    const own = await connect(server, admin, { name: 'Pages' });
    const people = [await bring(own), await bring(own), await bring(own)];
    const listed = async (query: string) => {
      const { status, body, text } = await own.send('GET', `/Users?${query}`);
      assert.equal(status, 200, text);
      return body;
    };
    const idsOf = async (filter: string) =>
      (await listed(`filter=${encodeURIComponent(filter)}`)).Resources.map(({ id }: { id: string }) => id);
    const [first, second] = people;
    for (const filter of [
      `userName eq "${first.userName}"`,
      `id eq "${first.id}"`,
      `externalId eq "${first.externalId}"`,
      `emails.value eq "${first.userName.toUpperCase()}"`,
      `emails[type eq "work"].value eq "${first.userName}"`,
      `displayName EQ "${first.displayName.toLowerCase()}"`,
      `${userUrn}:userName eq "${first.userName}"`,
      `userName eq "${first.userName}" and externalId eq "${first.externalId}"`,
    ])
      assert.deepEqual(await idsOf(filter), [first.id], filter);
    assert.deepEqual(await idsOf(`userName eq "${first.userName}" and id eq "${second.id}"`), []);
    const page = await listed('startIndex=2&count=1');
    assert.deepEqual([page.totalResults, page.startIndex, page.itemsPerPage], [3, 2, 1]);
    assert.deepEqual(
      page.Resources.map(({ id }: { id: string }) => id),
      [second.id],
    );
    assert.equal((await listed('startIndex=-3&count=-1')).itemsPerPage, 0);
    assert.equal((await listed('count=100000')).itemsPerPage, 3);
    assert.equal((await listed('startIndex=500')).itemsPerPage, 0);
    const some = await own.send('GET', `/Users/${first.id}?attributes=userName,name.givenName`);
    assert.deepEqual(Object.keys(some.body).toSorted(), ['id', 'name', 'schemas', 'userName']);
    const others = await own.send('GET', `/Users/${first.id}?excludedAttributes=emails,meta`);
    assert.equal('emails' in others.body || 'meta' in others.body, false);
    for (const filter of [
      'userName',
      'userName co "a"',
      'password eq "x"',
      'active eq true',
      '(userName eq "a")',
      '',
    ])
      assertScimError(
        await own.send('GET', `/Users?filter=${encodeURIComponent(filter)}`),
        400,
        'invalidFilter',
      );
  });

  test('a version that has passed is refused, and one that still holds is not sent again', async () => {
    const { id, meta } = await bring(directory);
    const body = patch({ op: 'replace', path: 'displayName', value: 'Newer' });
    assert.equal(
      (await directory.send('PATCH', `/Users/${id}`, body, { 'if-match': meta.version })).status,
      200,
    );
    const stale = { 'if-match': meta.version };
    assertScimError(await directory.send('PATCH', `/Users/${id}`, body, stale), 412);
    assertScimError(await directory.send('DELETE', `/Users/${id}`, undefined, stale), 412);
    const { headers } = await directory.send('GET', `/Users/${id}`);
    const held = { 'if-none-match': headers.get('etag') ?? '' };
    assert.equal((await directory.send('GET', `/Users/${id}`, undefined, held)).status, 304);
  });

  test('what cannot be kept is refused in the protocol’s words', async () => {
    const { id } = await bring(directory);
    for (const [operation, scimType] of [
      [{ op: 'replace', path: 'id', value: 'x' }, 'mutability'],
      [{ op: 'replace', path: 'favouriteColour', value: 'x' }, 'invalidPath'],
      [{ op: 'replace', path: 'emails[type eq', value: 'x' }, 'invalidPath'],
      [{ op: 'replace', path: 'active', value: 'maybe' }, 'invalidValue'],
      [{ op: 'replace', path: 'userName', value: 7 }, 'invalidValue'],
      [{ op: 'remove', path: 'userName' }, 'invalidValue'],
      [{ op: 'remove' }, 'noTarget'],
      [{ op: 'replace', value: null }, 'invalidValue'],
      [{ op: 'merge', path: 'userName', value: 'x' }, 'invalidSyntax'],
      [{ op: 'replace', path: 'emails', value: [{ value: 'x@elsewhere.example' }] }, 'invalidValue'],
      [{ op: 'replace', path: 'displayName', value: 'x'.repeat(201) }, 'invalidValue'],
      [{ op: 'replace', path: 'displayName', value: 'a\u0007b' }, 'invalidValue'],
    ] as const)
      assertScimError(await change(id, operation), 400, scimType);
    for (const body of [
      {},
      { userName: '' },
      newUser({ emails: 'x' }),
      newUser({ emails: [{ value: 'no' }] }),
      newUser({ schemas: ['urn:other'] }),
    ]) {
      const answer = await directory.send('POST', '/Users', body);
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.body.scimType, /^invalid(Value|Syntax)$/);
    }
  });
});
