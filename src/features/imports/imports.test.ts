import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import type { Body, Person } from '#test/client.ts';
import { uploadFile } from '#test/files.ts';
import { makeStale } from '#test/factors.ts';
import { makePeople, makePerson, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { importsOf } from './import-testing.ts';

suite('imports of people', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const start = (content: string, by: Person = people.admin) =>
    importsOf(server).begin('people', content, by);
  const check = (content: string, by: Person = people.admin) =>
    importsOf(server).check('people', content, by);
  const apply = (id: string) => importsOf(server).apply(id, people.admin);
  const told = (id: string, by: Person = people.admin) => importsOf(server).told(id, by);
  const find = async (q: string): Promise<Body[]> =>
    (await server.get(`/users?q=${encodeURIComponent(q)}`, people.admin.token)).body.items;

  test('a dry run tells of each row, changes nothing, and its application does just that', async () => {
    const known = await makePerson(server, 'student', 'Known');
    const file = [
      'email,name,role,locale,timeZone,groups,invite',
      'ada@import.example,Ada Lovelace,instructor,de-AT,Europe/Vienna,Class 1; Class 2,false',
      `${known.email.toUpperCase()},Renamed,,,,Class 1,`,
      `${people.student.email},${people.student.name},student,,,,`,
      'not an address,Nobody,,,,,',
      'bad@import.example,,chief,german,Mars/North,,maybe',
      'ADA@import.example,Ada again,,,,,',
      'short@import.example,Short',
      '',
      '"multi@import.example","Multi, the ""First""",,,,,',
    ].join('\r\n');
    const before = await runSql(
      server.open.deps.db,
      'select count(*) from app_user union all select count(*) from user_group',
      [],
    );
    const checked = await check(`\uFEFF${file}`);
    assert.equal(checked.dryRun.status, 'succeeded');
    assert.deepEqual(checked.dryRun.counts, { created: 2, updated: 1, unchanged: 1, failed: 4 });
    assert.equal(checked.dryRun.total, 8);
    const expected = [
      [2, 'created'],
      [3, 'updated'],
      [4, 'unchanged'],
      [5, 'failed', 'email email_invalid'],
      [6, 'failed', 'role enum', 'locale pattern', 'invite boolean_expected'],
      [7, 'failed', 'email row_repeated'],
      [8, 'failed', 'row_length'],
      [10, 'created'],
    ];
    assert.deepEqual(await told(checked.id), expected);
    assert.deepEqual(
      await runSql(
        server.open.deps.db,
        'select count(*) from app_user union all select count(*) from user_group',
        [],
      ),
      before,
    );

    const applied = await apply(checked.id);
    assert.deepEqual(applied.application.counts, checked.dryRun.counts);
    assert.deepEqual(await told(checked.id), expected);
    const [ada] = await find('ada@import.example');
    assert.deepEqual(
      [ada?.name, ada?.role, ada?.locale, ada?.timeZone, ada?.invitedAt],
      ['Ada Lovelace', 'instructor', 'de-AT', 'Europe/Vienna', null],
    );
    assert.equal((await find('multi@import.example'))[0]?.name, 'Multi, the "First"');
    assert.deepEqual(
      (await find(known.email)).map(({ name, email }) => [name, email]),
      [['Renamed', known.email]],
      'found without regard to case, and the address stays as it was',
    );
    const groups = (await server.get('/groups?q=class', people.admin.token)).body.items as Body[];
    assert.deepEqual(groups.map(({ name, memberCount }) => [name, memberCount]).toSorted(), [
      ['Class 1', 2],
      ['Class 2', 1],
    ]);
    assert.deepEqual(
      await runSql(server.open.deps.db, 'select 1 from mail where user_id = $1', [ada?.id]),
      [],
      'who is not invited is not written to',
    );

    const again = await check(file);
    assert.deepEqual(again.dryRun.counts, { created: 0, updated: 0, unchanged: 4, failed: 4 });
  });

  test('who signs in by a passkey alone is not asked for a password', async () => {
    const { id, email } = await makePerson(server, 'student');
    const text = 'update app_user set password_hash = null, has_passkey = true where id = $1';
    await runSql(server.open.deps.db, text, [id]);
    const { dryRun } = await check(`email,name,invite\n${email},,true\n`);
    assert.deepEqual([dryRun.error, dryRun.counts.unchanged], [null, 1]);
  });

  test('a file that cannot be read says what is wrong, and where', async () => {
    const reasons = async (content: string) => {
      const { dryRun } = await check(content);
      assert.equal(dryRun.status, 'failed', content.slice(0, 50));
      return dryRun.error.errors.map((e: Body) => [e.code, e.path ?? e.params?.line]);
    };
    assert.deepEqual(await reasons('email;name;e-mail;name\na@b.example;A;;'), [
      ['column_unknown', 'e-mail'],
      ['column_repeated', 'name'],
    ]);
    assert.deepEqual(await reasons('name\nA'), [['column_missing', 'email']]);
    assert.deepEqual(await reasons('email,name\na@b.example,A\n"b@b.example,B\n'), [['csv_quotes', 3]]);
    assert.deepEqual(await reasons('email,name\n'), [['no_rows', undefined]]);
    assert.deepEqual(await reasons(`email,name\na@b.example,${'x'.repeat(20_000)}\n`), [['row_too_long', 2]]);
    const latin = await uploadFile(
      server,
      people.admin,
      Buffer.from('email,name\na@b.example,Zo\xeb\n', 'latin1'),
      'file.csv',
    );
    const refused = await server.post('/imports', { kind: 'people', fileId: latin.id }, people.admin.token);
    assert.deepEqual([refused.status, refused.body.errors[0].code], [400, 'file_not_csv']);
    const semicolons = await check('Email;NAME;groups\nsemi@import.example;Semi;"A;B"\n');
    assert.deepEqual(semicolons.dryRun.counts, { created: 1, updated: 0, unchanged: 0, failed: 0 });
  });

  test('nobody gives by a file what they may not give, nor acts on one who may do more', async () => {
    const asAdmin = async (method: string, path: string, body?: unknown) =>
      (await server.request(method, path, { token: people.admin.token, body })).body;
    const role = await asAdmin('POST', '/roles', { name: 'Registrar', permissions: ['users.manage'] });
    const registrar = await makePerson(server, 'student', 'Registrar');
    await asAdmin('PUT', `/roles/${role.id}/members/${registrar.id}`);
    const file = [
      'email,name,role,groups',
      'climber@import.example,Climber,admin,',
      `${registrar.email},Registrar,admin,`,
      `${people.admin.email},Owned,,`,
      'grouped@import.example,Grouped,,Secret group',
      'plain@import.example,Plain,student,',
    ].join('\n');
    const { id } = await check(file, registrar);
    const expected = [
      [2, 'failed', 'role permission_not_held'],
      [3, 'failed', 'role permission_not_held'],
      [4, 'failed', 'role permission_not_held'],
      [5, 'failed', 'groups permission_not_held'],
      [6, 'created'],
    ];
    assert.deepEqual(await told(id, registrar), expected);
    // What was taken meanwhile no longer counts.
    await asAdmin('DELETE', `/roles/${role.id}/members/${registrar.id}`);
    assert.equal((await server.post(`/imports/${id}/application`, undefined, registrar.token)).status, 403);
    assert.equal((await start('email,name\nx@x.example,X', registrar)).status, 403);
  });

  test('the last admin stays one, and two rows do not take away each other’s', async () => {
    const other = await makePerson(server, 'admin', 'Second');
    const file = `email,name,role\n${other.email},Second,student\n${people.admin.email},${people.admin.name},student\n`;
    const { id } = await check(file);
    assert.deepEqual(await told(id), [
      [2, 'updated'],
      [3, 'failed', 'role last_admin'],
    ]);
    await server.request('DELETE', `/users/${other.id}`, { token: people.admin.token });
  });

  test('an import is applied once, after its check, by its owner, and while its file is there', async () => {
    const answer = await start('email,name\nonce@import.example,Once\n');
    const { id, fileId, dryRun } = answer.body;
    assert.equal(answer.headers.get('location'), `/api/v1/tasks/${dryRun.taskId}`);
    const application = (by: Person) => server.post(`/imports/${id}/application`, undefined, by.token);
    await server.runJobs();
    const other = await makePerson(server, 'admin', 'Other admin');
    assert.equal((await application(other)).status, 403);
    assert.equal((await application(people.student)).status, 404);
    const both = await Promise.all([application(people.admin), application(people.admin)]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [202, 409]);
    assert.equal(both.find(({ status }) => status === 409)?.body.code, 'import_applied');
    await server.runJobs();
    const events = await runSql(
      server.open.deps.db,
      "select data from event where type = 'user.registered' and data ->> 'origin' = 'import' and data ->> 'userId' = $1",
      [(await find('once@import.example'))[0]?.id],
    );
    assert.equal(events.length, 1);
    assert.equal(
      (await server.request('DELETE', `/files/${fileId}`, { token: people.admin.token })).status,
      204,
    );
    const gone = await check('email,name\ngone@import.example,Gone\n');
    await server.request('DELETE', `/files/${gone.fileId}`, { token: people.admin.token });
    assert.equal(
      (await server.post(`/imports/${gone.id}/application`, undefined, people.admin.token)).body.code,
      'file_gone',
    );
  });

  test('a checked file of people is not applied by a session that was signed in to long ago', async () => {
    const owner = await makePerson(server, 'admin');
    const { id } = await check('email,name\nlate@import.example,Late', owner);
    await makeStale(server, owner.id);
    const refused = await server.post(`/imports/${id}/application`, undefined, owner.token);
    assert.deepEqual([refused.status, refused.body.code], [403, 'step_up_required']);
    assert.deepEqual(await find('late@import.example'), []);
  });
});
