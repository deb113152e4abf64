import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import { here, uploadFile } from '#test/files.ts';
import { makePublishedCourse, type PublishedCourse } from '#test/courses.ts';
import { follow } from '#test/event-stream.ts';
import { makeMember, makeStale, ok, openSession, type Member } from '#test/factors.ts';
import { openPage } from '#test/page.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';

const reason = 'They cannot find their course';

suite('acting as another person', () => {
  let server: TestServer;
  let other: TestServer;
  let course: PublishedCourse;
  before(async () => {
    server = await startTestServer();
    const databaseUrl = server.open.deps.config.databaseUrl ?? '';
    // One that trusts tokens of sessions that have ended: not these.
    other = await startTestServer({ databaseUrl, config: { accessTokenBlacklistEnabled: false } });
    const teacher = await makePerson(server, 'instructor');
    course = await makePublishedCourse(server, teacher, { texts: 1 });
  });
  after(async () => {
    await other.stop();
    await server.stop();
  });

  const begin = (id: string, token: string, body: object = { reason }) =>
    server.post(`/users/${id}/impersonations`, body, token);
  type Acting = { admin: Member; boss: Member; person: Member; id: string; token: string };
  async function act(): Promise<Acting> {
    const [admin, boss, person] = [
      await makeMember(server, 'admin'),
      await makeMember(server, 'admin'),
      await makeMember(server),
    ];
    const begun = ok(await begin(person.id, admin.token));
    return { admin, boss, person, id: begun.id as string, token: begun.accessToken as string };
  }
  /** That it is over on both nodes. */
  async function assertOver({ token, person }: Acting, why: string): Promise<void> {
    for (const node of [server, other]) assert.equal((await node.get('/me', token)).status, 401, why);
    assert.equal((await server.get('/me', person.token)).status, 200, 'the person’s own session goes on');
  }

  test('one sees what the person sees, says who one is, and both are told apart in log and trail', async () => {
    const { admin, person, token, id } = await act();
    const me = (await server.get('/me', token)).body;
    assert.deepEqual([me.id, me.impersonator], [person.id, { id: admin.id }]);
    assert.equal((await server.get('/me', person.token)).body.impersonator, null);
    const answer = await server.get('/me/enrollments', token);
    const requestId = answer.headers.get('x-request-id');
    await waitFor('the line is written', async () =>
      server.log.some((line) => line['requestId'] === requestId),
    );
    const line = server.log.find((each) => each['requestId'] === requestId && each['message'] === 'request');
    assert.deepEqual([line?.['userId'], line?.['impersonatorId']], [person.id, admin.id]);

    assert.equal((await server.patch('/me', { name: 'Changed' }, token)).body.code, 'not_while_acting');
    assert.equal((await server.post('/auth/logout', {}, token)).status, 204);
    const entries = (await server.get(`/admin/audit-events?personId=${person.id}&sort=at`, admin.token)).body
      .items;
    const started = entries.find((each: { action: string }) => each.action === 'impersonation.started');
    assert.deepEqual([started.actor.id, started.impersonatorId, started.after], [admin.id, null, { reason }]);
    const ended = entries.find((each: { action: string }) => each.action === 'session.ended');
    assert.deepEqual([ended.actor.id, ended.impersonatorId, ended.target.id], [person.id, admin.id, id]);
    const refused = (
      await server.get(`/admin/audit-events?actorId=${person.id}&action=access.refused`, admin.token)
    ).body.items;
    assert.equal(refused[0].impersonatorId, admin.id);
    const done = (await server.get(`/admin/audit-events?impersonatorId=${admin.id}`, admin.token)).body.items;
    assert.deepEqual(done.map((each: { action: string }) => each.action).toSorted(), [
      'access.refused',
      'session.ended',
    ]);
  });

  test('what fails while somebody acts is logged with who acts, as well as whom as', async () => {
    const { admin, person, token } = await act();
    const spoil = (text: string) => runSql(server.ownerDb, `alter table ${text}`);
    const failing = [
      [
        'notification rename to spoilt',
        'spoilt rename to notification',
        () => server.get('/me/notifications', token),
      ],
      [
        'enrollment add constraint spoilt check (false) not valid',
        'enrollment drop constraint spoilt',
        () => server.post(`/courses/${course.course.id}/enrollments`, {}, token),
      ],
    ] as const;
    const levels: unknown[] = [];
    for (const [change, back, ask] of failing) {
      await spoil(change);
      const { body } = await ask();
      await spoil(back);
      const lines = server.log.filter(
        ({ requestId, message }) => requestId === body.requestId && message !== 'request',
      );
      assert.ok(lines.length > 0);
      for (const line of lines) {
        levels.push(line['level']);
        assert.deepEqual(
          [line['userId'], line['impersonatorId']],
          [person.id, admin.id],
          String(line['message']),
        );
      }
    }
    assert.deepEqual(levels, ['warn', 'error']);
  });

  test('enrolling is open, in the admin’s own name in events and trail; for nobody else, and learning is closed', async () => {
    const { admin, person, token } = await act();
    const path = `/courses/${course.course.id}/enrollments`;
    const enrolled = await server.post(path, {}, token);
    assert.equal(enrolled.status, 201, enrolled.text);
    const { id } = enrolled.body;
    const facts = await runSql<{ actor_id: string }>(
      server.open.deps.db,
      `select actor_id from event where type = 'enrollment.created' and data ->> 'enrollmentId' = $1`,
      [id],
    );
    assert.deepEqual(facts, [{ actor_id: admin.id }]);
    const [entry] = (await server.get(`/admin/audit-events?targetId=${id}`, admin.token)).body.items;
    assert.deepEqual([entry.actor.id, entry.impersonatorId], [person.id, admin.id]);
    assert.equal((await server.post(path, { userId: admin.id }, token)).body.code, 'not_while_acting');

    const lesson = `/enrollments/${id}/lessons/${course.lessons[0].id}`;
    for (const what of [`${lesson}/progress`, `${lesson}/completion`])
      assert.equal((await server.put(what, {}, token)).body.code, 'not_while_acting');
    assert.equal((await server.get(`/enrollments/${id}/progress`, token)).body.progressPercent, 0);
  });

  test('the person sees it among their sessions, by whom and why, and can end it; it stays listed', async () => {
    const acting = await act();
    const { person, id } = acting;
    const listed = async () =>
      (await server.get('/me/sessions', person.token)).body.items.find(
        (each: { id: string }) => each.id === id,
      );
    const { impersonation, endedAt, isCurrent } = await listed();
    assert.deepEqual(impersonation, { impersonatorName: 'Member', reason });
    assert.deepEqual([endedAt, isCurrent], [null, false]);
    assert.equal((await server.delete(`/me/sessions/${id}`, person.token)).status, 204);
    await assertOver(acting, 'ended by the person');
    assert.notEqual((await listed()).endedAt, null);
    const { items } = (await server.get('/me/sessions', await openSession(server, acting.admin.id))).body;
    assert.ok(items.every((each: { impersonation: unknown }) => each.impersonation === null));
  });

  test('addresses of files that were read while acting end with it; those of the person go on', async () => {
    const acting = await act();
    const { id } = await uploadFile(server, acting.person, 'of the person');
    const addressOf = async (token: string) =>
      here(server, (await server.get(`/files/${id}`, token)).body.contentUrl);
    const [own, acted] = [await addressOf(acting.person.token), await addressOf(acting.token)];
    const statuses = () => Promise.all([own, acted].map(async (address) => (await fetch(address)).status));
    assert.deepEqual(await statuses(), [200, 200]);
    assert.equal((await server.post('/auth/logout', {}, acting.token)).status, 204);
    assert.deepEqual(await statuses(), [200, 401]);
  });

  test('a browser that stops acting keeps the cookies of its admin, and by them is still the admin', async () => {
    const { admin, token } = await act();
    const page = await openPage(server, admin.id);
    const authorization = `Bearer ${token}`;
    assert.equal(
      (await page.call('GET', '/me', undefined, { authorization })).body.impersonator.id,
      admin.id,
    );
    const left = await page.call('POST', '/auth/logout', {}, { authorization });
    assert.deepEqual([left.status, left.headers.getSetCookie()], [204, []], left.text);
    assert.equal((await server.get('/me', token)).status, 401);
    const me = (await page.call('GET', '/me')).body;
    assert.deepEqual([me.id, me.impersonator], [admin.id, null]);
  });

  test('it lives a quarter of an hour, whatever tokens live, and nothing renews it', async () => {
    const { admin, person } = await act();
    const begun = ok(await begin(person.id, admin.token));
    assert.equal(begun.expiresIn, 900);
    assert.deepEqual(Object.keys(begun).toSorted(), [
      'accessToken',
      'expiresIn',
      'id',
      'tokenType',
      'userId',
    ]);
    const count = await runSql<{ count: number }>(
      server.open.deps.db,
      'select count(*)::int as count from refresh_token where session_id = $1',
      [begun.id],
    );
    assert.equal(count[0]?.count, 0);
    const long = await startTestServer({ config: { accessTokenExpireMinutes: 600 } });
    try {
      const boss = await makeMember(long, 'admin');
      const learner = await makeMember(long);
      const path = `/users/${learner.id}/impersonations`;
      const { accessToken, expiresIn } = ok(await long.post(path, { reason }, boss.token));
      assert.equal(expiresIn, 900);
      long.clock.advance({ minutes: 16 });
      assert.equal((await long.get('/me', accessToken as string)).body.code, 'token_expired');
    } finally {
      await long.stop();
    }
  });

  suite('it ends at once', () => {
    const ends: Record<string, (acting: Acting) => Promise<unknown>> = {
      'when the admin ends it': ({ admin, person, id }) =>
        server.delete(`/users/${person.id}/impersonations/${id}`, admin.token),
      'when another admin ends it': ({ boss, person, id }) =>
        server.delete(`/users/${person.id}/impersonations/${id}`, boss.token),
      'by its own logout': ({ token }) => server.post('/auth/logout', {}, token),
      'when the admin signs out': ({ admin }) => server.post('/auth/logout', {}, admin.token),
      'when the admin is demoted': ({ admin, boss }) =>
        server.patch(`/users/${admin.id}`, { role: 'instructor' }, boss.token),
      'when the admin is demoted and made admin again': async ({ admin, boss }) => {
        await server.patch(`/users/${admin.id}`, { role: 'student' }, boss.token);
        return server.patch(`/users/${admin.id}`, { role: 'admin' }, boss.token);
      },
      'when the admin is deactivated': ({ admin, boss }) => server.delete(`/users/${admin.id}`, boss.token),
      'when the admin is suspended': ({ admin, boss }) =>
        server.put(`/users/${admin.id}/suspension`, { reason }, boss.token),
      'when the person is suspended': async ({ boss, person }) => {
        const path = `/users/${person.id}/suspension`;
        ok(await server.put(path, { reason }, boss.token));
        await server.delete(path, boss.token);
        person.token = await openSession(server, person.id);
        return { status: 200 };
      },
      'when the person gets a say in the institution': ({ boss, person }) =>
        server.patch(`/users/${person.id}`, { role: 'admin' }, boss.token),
      'when the admin’s session ends and nobody says so': async ({ admin }) => {
        await endSilently(admin);
        return { status: 200 };
      },
    };
    for (const [when, end] of Object.entries(ends)) {
      test(when, async () => {
        const acting = await act();
        assert.equal((await other.get('/me', acting.token)).status, 200);
        const { status } = (await end(acting)) as { status: number };
        assert.ok(status < 300, String(status));
        await assertOver(acting, when);
      });
    }

    test('with its stream', async () => {
      const { admin, token } = await act();
      const { ticket } = ok(await server.post('/me/events/tickets', undefined, token));
      const stream = await follow(server.baseUrl, { query: `?ticket=${ticket as string}` });
      await stream.take('ready');
      await server.post('/auth/logout', {}, admin.token);
      await waitFor('the stream ends', async () => stream.isEnded());
    });

    test('with its stream, at the next news, also where nobody says so', async () => {
      const { admin, person, token } = await act();
      const stream = await follow(server.baseUrl, { token });
      await stream.take('ready');
      await endSilently(admin);
      server.open.deps.signals.tell('news', [person.id]);
      const [end] = await stream.take('end', 1, 1_000);
      assert.deepEqual(end?.data, { reason: 'sessionEnded' });
    });

    test('with a ticket that was made before, also where nobody says so', async () => {
      const { admin, token } = await act();
      const made = ok(await server.post('/me/events/tickets', undefined, token));
      await endSilently(admin);
      assert.equal((await server.get(`/me/events?follow=false&ticket=${made.ticket as string}`)).status, 401);
    });
  });

  suite('attacks', () => {
    test('nobody acts as an admin, as one with a say in the institution, as themselves, or twice over', async () => {
      const { admin, boss, person, token } = await act();
      const refused = async (id: string) => (await begin(id, admin.token)).body.code;
      assert.equal(await refused(boss.id), 'acting_not_allowed');
      assert.equal(await refused(admin.id), 'acting_not_allowed');
      for (const permission of ['users.manage', 'audit.read', 'courses.observeAny']) {
        const some = await makeMember(server);
        await giveRole(some, permission, admin);
        assert.equal(await refused(some.id), 'acting_not_allowed', permission);
      }
      assert.equal((await begin(person.id, token)).body.code, 'not_while_acting', 'chained');
    });

    test('a custom role with every permission is no admin, a key is no person, a sign-in of long ago not enough', async () => {
      const { admin, person } = await act();
      const delegate = await makeMember(server);
      await giveRole(delegate, 'users.manage', admin);
      assert.equal((await begin(person.id, delegate.token)).body.code, 'acting_not_allowed');
      const scopes = ['users:read', 'users:write'];
      const { key } = ok(await server.post('/me/api-keys', { name: 'All', scopes }, admin.token));
      assert.equal((await begin(person.id, key as string)).body.code, 'person_required');
      await makeStale(server, admin.id);
      assert.equal((await begin(person.id, admin.token)).body.code, 'step_up_required');
      assert.equal((await begin(person.id, admin.token, { reason: ' ' })).status, 403);
    });

    test('no right is raised by it: nor role, nor key, nor factor, nor password, nor step-up, nor by the person’s refresh token', async () => {
      const { person, token } = await act();
      const tries = [
        server.patch(`/users/${person.id}`, { role: 'admin' }, token),
        server.post('/me/api-keys', { name: 'Kept', scopes: ['courses:read'] }, token),
        server.post('/me/totp', undefined, token),
        server.post('/me/passkeys/options', undefined, token),
        server.post('/auth/step-up', { method: 'password', password: 'x' }, token),
        server.post('/auth/step-up/passkey-options', undefined, token),
        server.post('/me/erasure', {}, token),
        server.get('/me/sessions', token),
        server.get('/me/api-keys', token),
        server.get('/me/recovery-codes', token),
      ];
      for (const each of tries) assert.equal((await each).body.code, 'not_while_acting');
      const mine = await makePerson(server, 'student');
      const admin = await makeMember(server, 'admin');
      const acting = ok(await begin(mine.id, admin.token)).accessToken as string;
      await server.post('/auth/logout', { refreshToken: mine.refreshToken }, acting);
      assert.equal((await server.get('/me', mine.token)).status, 200, 'the person stays signed in');
    });

    test('what code that knows nothing of it takes for a token is none, nor the other way round', async () => {
      const { person, admin, id, token } = await act();
      const [head = ''] = token.split('.');
      assert.equal(JSON.parse(Buffer.from(head, 'base64url').toString()).typ, 'acting+jwt');
      const { accessTokens, clock } = server.open.deps;
      const now = clock.now();
      const own = { userId: person.id, authenticatedAt: now };
      const asOwn = await accessTokens.issue({ ...own, sessionId: id }, now);
      assert.equal((await server.get('/me', asOwn.token)).status, 401);
      const { items } = (await server.get('/me/sessions', person.token)).body;
      const ownId = items.find((each: { isCurrent: boolean }) => each.isCurrent).id as string;
      const claims = { ...own, sessionId: ownId, impersonatorId: admin.id };
      const asActing = await accessTokens.issue(claims, now);
      for (const node of [server, other]) assert.equal((await node.get('/me', asActing.token)).status, 401);
    });

    test('the suspended and the deactivated are nobody to act as', async () => {
      const { admin, person } = await act();
      await server.put(`/users/${person.id}/suspension`, { reason }, admin.token);
      assert.equal((await begin(person.id, admin.token)).body.code, 'account_suspended');
      await server.delete(`/users/${person.id}`, admin.token);
      assert.equal((await begin(person.id, admin.token)).body.code, 'account_deactivated');
    });

    test('who must set up a second factor is seen as they will be, and still has to', async () => {
      const { admin, person, token } = await act();
      const policy = (mfaRequiredFor: string[], by: string) =>
        server.put('/admin/sign-in-policy', { mfaRequiredFor }, by);
      ok(await policy(['student'], admin.token));
      assert.equal((await server.get('/me/enrollments', token)).status, 200);
      assert.equal((await server.get('/me/enrollments', person.token)).body.code, 'mfa_enrollment_required');
      await policy([], admin.token);
    });
  });

  // As code that knows nothing of acting ends a session.
  async function endSilently({ id }: Member): Promise<void> {
    const set = `ended_at = created_at, end_reason = 'logout'`;
    await runSql(server.open.deps.db, `update session set ${set} where user_id = $1`, [id]);
  }

  async function giveRole({ id }: Member, permission: string, { token }: Member): Promise<void> {
    const role = { name: `${permission} ${id}`, permissions: [permission] };
    const made = ok(await server.post('/roles', role, token));
    ok(await server.put(`/roles/${made.id as string}/members/${id}`, undefined, token));
  }
});
