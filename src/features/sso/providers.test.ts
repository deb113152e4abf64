import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { runSql } from '#platform/db/database.ts';
import { linksOfChange, mailedToken } from '#test/mailed-token.ts';
import type { TestServer } from '#test/server.ts';
import { begin, createBrowser, fragmentOf } from '#test/sso/browser.ts';
import { startForgedProvider, type ForgedProvider } from '#test/sso/forged-provider.ts';
import { waitFor } from '#test/wait.ts';
import { admit } from './commands/admit.ts';
import { findProvider } from './queries/providers.ts';
import { purgeSignIns, purgeTransactions } from './queries/transactions.ts';
import { addProvider, makeAccount, startSsoServer, type Admin } from './sso-testing.ts';

suite('providers of single sign-on, and whom they let in', () => {
  let server: TestServer;
  let admin: Admin;
  let provider: ForgedProvider;
  before(async () => {
    ({ server, admin } = await startSsoServer());
    provider = await startForgedProvider();
    const { issuer } = provider;
    await addProvider(server, admin, {
      key: 'forged',
      issuer,
      createsAccounts: true,
      emailDomains: ['School.example'],
    });
    await addProvider(server, admin, { key: 'closed', issuer, clientId: 'closed' });
  });
  after(async () => {
    await provider?.stop();
    await server?.stop();
  });
  beforeEach(() => {
    provider.forgery = {};
  });

  const path = '/admin/sso/providers';
  const input = { key: 'new', name: 'New', issuer: 'https://login.example.com', clientId: 'lms' };
  const providerOf = async (key: string) => {
    const { body } = await server.get(path, admin.token);
    return body.items.find((each: { key: string }) => each.key === key);
  };

  /** A sign-in under way; what it gives when its browser comes back. */
  async function begun(key = 'forged') {
    const browser = createBrowser(server);
    const { location, codeVerifier } = await begin(browser, server, key);
    return async () => {
      const query = provider.authorize(location).toString();
      const back = await browser.open(`${server.baseUrl}/auth/oidc/${key}/callback?${query}`);
      assert.equal(back.status, 302, back.text);
      return { code: undefined, error: undefined, ...fragmentOf(back.location), codeVerifier };
    };
  }

  async function signOn(claims: Record<string, unknown>, key = 'forged') {
    provider.forgery = { claims };
    const comeBack = await begun(key);
    const { code, codeVerifier, error } = await comeBack();
    if (error !== undefined) return { error };
    const answer = await server.post('/auth/login/exchanges', { code, codeVerifier });
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  }

  test('who manages sign-on and may not do all else decides of no provider whom it signs in', async () => {
    const role = { name: 'Sign-on', permissions: ['sso.manage'] };
    const { id: roleId } = (await server.post('/roles', role, admin.token)).body;
    const delegate = await makeAccount(server, { name: 'Delegate', role: 'instructor' });
    await server.put(`/roles/${roleId}/members/${delegate.id}`, undefined, admin.token);
    const { id } = await addProvider(server, admin, { ...input, key: 'delegated' });
    const change = (patch: unknown) => server.patch(`${path}/${id}`, patch, delegate.token);
    const refused = [
      await server.post(path, { ...input, key: 'theirs' }, delegate.token),
      await change({ issuer: 'https://evil.example' }),
      await change({ emailDomains: ['school.example'] }),
      await change({ groupMappings: [{ value: 'all', role: 'admin' }] }),
      await change({ createsAccounts: true }),
      await change({ isActive: true }),
      await change({ key: 'forged-2' }),
    ];
    for (const { status, body } of refused)
      assert.deepEqual([status, body.code], [403, 'permission_not_held']);
    assert.equal((await change({ name: 'Renamed', isActive: false })).status, 200);
    assert.equal((await server.delete(`${path}/${id}`, delegate.token)).status, 204);
  });

  test('a provider is checked as it is written: issuer, scopes, key, versions', async () => {
    const codesOf = async (wrong: object) => {
      const { status, body } = await server.post(path, { ...input, ...wrong }, admin.token);
      return [status, body.errors?.[0]?.code ?? body.code];
    };
    assert.deepEqual(await codesOf({ issuer: 'ftp://login.example.com' }), [400, 'url_invalid']);
    assert.deepEqual(await codesOf({ issuer: 'https://me@login.example.com' }), [400, 'url_has_credentials']);
    assert.deepEqual(await codesOf({ issuer: 'https://login.example.com?x=1' }), [400, 'url_has_query']);
    assert.deepEqual(await codesOf({ scopes: ['email'] }), [400, 'openid_missing']);
    assert.deepEqual(await codesOf({ claims: { subject: 'email' } }), [400, 'subject_unsound']);
    assert.deepEqual(await codesOf({ key: 'forged' }), [409, 'key_taken']);
    assert.equal((await codesOf({ key: '../etc' }))[0], 400);
    assert.equal((await codesOf({ unknown: 1 }))[0], 400);
    const { id } = await providerOf('closed');
    const stale = await server.patch(`${path}/${id}`, { name: 'X' }, admin.token, { 'if-match': '"9-x"' });
    assert.equal(stale.status, 412);
  });

  test('without just-in-time accounts only who is linked is let in', async () => {
    assert.deepEqual(await signOn({ sub: 'unknown' }, 'closed'), { error: 'account_unknown' });
  });

  test('of two first sign-ins at the same time one makes the account and both have it', async () => {
    const claims = { sub: 'twice', email: 'twice@school.example', email_verified: true };
    const both = await Promise.all([signOn(claims), signOn(claims)]);
    const [first, second] = both.map(({ user }) => user.id as string);
    assert.equal(first, second);
    const text = `select count(*)::int as n from app_user where email_key = 'twice@school.example'`;
    assert.deepEqual(await runSql(server.open.deps.db, text), [{ n: 1 }]);
  });

  test('whoever has another sub is another, also with the address of somebody who is linked', async () => {
    const claims = { email: 'reused@school.example', email_verified: true };
    const { user } = await signOn({ ...claims, sub: 'first' });
    // The address was handed on at the school; the account must not be.
    assert.deepEqual(await signOn({ ...claims, sub: 'second' }), { error: 'email_taken' });
    assert.equal((await signOn({ ...claims, sub: 'first' })).user.id, user.id);
  });

  test('claims of the wrong shape count as not said', async () => {
    const claims = { sub: 'odd', email: 'odd@school.example', email_verified: true };
    const { user } = await signOn({ ...claims, name: { first: 'O' }, locale: '../x', groups: 7, amr: 'mfa' });
    assert.deepEqual([user.name, user.locale, user.role], ['New person', 'en', 'student']);
    for (const email of [['a@school.example'], 'no address', `${'x'.repeat(300)}@school.example`])
      assert.deepEqual(await signOn({ ...claims, sub: 'odder', email }), { error: 'email_not_allowed' });
  });

  test('mappings take no role from the last admin', async () => {
    const { id } = await providerOf('forged');
    const map = (groupMappings: unknown[]) => server.patch(`${path}/${id}`, { groupMappings }, admin.token);
    await map([{ value: 'heads', role: 'admin' }]);
    const claims = { sub: 'head', email: 'head@school.example', email_verified: true };
    const { user } = await signOn({ ...claims, groups: ['heads'] });
    assert.equal(user.role, 'admin');
    const deactivate = (at: string | null) =>
      runSql(server.open.deps.db, 'update app_user set deactivated_at = $1 where id = $2', [at, admin.id]);
    await deactivate('2026-01-01T00:00:00Z');
    assert.equal((await signOn({ ...claims, groups: [] })).user.role, 'admin', 'the only one');
    await deactivate(null);
    assert.equal((await signOn({ ...claims, groups: [] })).user.role, 'student', 'there is another');
    await map([]);
  });

  test('sign-ins that were never ended are purged, and those whose sessions go on are not', async () => {
    const { db } = server.open.deps;
    await signOn({ sub: 'kept', email: 'kept@school.example', email_verified: true });
    await begin(createBrowser(server), server, 'forged');
    const later = new Date(server.clock.now().getTime() + 3_600_000);
    assert.ok((await purgeTransactions(db, later)) >= 1);
    const count = `select count(*)::int as n from session where external_sign_in_id is not null
      and not exists (select from external_sign_in where id = session.external_sign_in_id)`;
    await purgeSignIns(db, later);
    assert.deepEqual(await runSql(db, count), [{ n: 0 }]);
  });

  test('a provider goes with what it gave to each of its people, and takes nothing that was given by hand, nor the last admin', async () => {
    const { id: groupId } = (await server.post('/groups', { name: 'Of the provider' }, admin.token)).body;
    const { id: roleId } = (await server.post('/roles', { name: 'Keys', permissions: [] }, admin.token)).body;
    const { id } = await addProvider(server, admin, {
      key: 'leaving',
      issuer: provider.issuer,
      createsAccounts: true,
      groupMappings: [
        { value: 'teachers', role: 'instructor', groupId, customRoleId: roleId },
        { value: 'heads', role: 'admin' },
      ],
    });
    const idOf = async (sub: string, groups: string[]): Promise<string> =>
      (await signOn({ sub, groups }, 'leaving')).user.id;
    const [one, two, byHand] = [
      await idOf('t1', ['teachers']),
      await idOf('t2', ['teachers']),
      await idOf('t3', ['teachers']),
    ];
    const [head, second] = [await idOf('h1', ['heads']), await idOf('h2', ['heads'])];
    await server.patch(`/users/${byHand}`, { role: 'student' }, admin.token);
    await server.patch(`/users/${byHand}`, { role: 'admin' }, admin.token);
    const others = `update app_user set deactivated_at = $1 where role = 'admin' and id <> all($2::uuid[])`;
    const { db } = server.open.deps;
    await runSql(db, others, ['2026-01-01T00:00:00Z', [admin.id, head, second]]);
    const shutOut = (at: string | null) =>
      runSql(db, 'update app_user set deactivated_at = $1 where id = $2', [at, admin.id]);
    const { removeProvider } = await import('./commands/remove-provider.ts');
    await shutOut('2026-01-01T00:00:00Z');
    await removeProvider(server.open.deps, id, null);
    await shutOut(null);
    const rolesOf = async (...ids: string[]) =>
      Promise.all(ids.map(async (id) => (await server.get(`/users/${id}`, admin.token)).body.role));
    assert.deepEqual(await rolesOf(one, two, byHand), ['student', 'student', 'admin']);
    assert.deepEqual((await rolesOf(head, second)).toSorted(), ['admin', 'student'], 'one stays');
    const left = `select (select count(*)::int from user_group_member where group_id = $1) as groups,
      (select count(*)::int from custom_role_member where role_id = $2) as roles,
      (select count(*)::int from external_identity where provider_id = $3) as links,
      (select count(*)::int from audit_entry where target_id = $1 and action = 'group_member.removed') as taken,
      (select count(*)::int from audit_entry where target_id = any($4) and action = 'user.role_changed'
        and details -> 'after' ->> 'role' = 'student') as demoted`;
    assert.deepEqual(await runSql(db, left, [groupId, roleId, id, [one, two]]), [
      { groups: 0, roles: 0, links: 0, taken: 3, demoted: 2 },
    ]);
  });

  test('of a sign-in, and the undoing at the same time of the address by which it comes, nothing of the thief is left', async () => {
    const { db } = server.open.deps;
    for (let round = 0; round < 8; round += 1) {
      const email = `thief-${round}@school.example`;
      const own = `victim-${round}@mail.example`;
      const victim = await makeAccount(server, { name: 'Victim', role: 'student', email: own });
      await server.post('/me/email-changes', { email }, victim.token);
      const { confirmToken, undoToken } = await linksOfChange(server, victim.id);
      assert.equal((await server.put(`/auth/email-changes/${confirmToken}`)).status, 204);
      const claims = { sub: `thief-${round}`, email, email_verified: true };
      const isLinked = round % 2 === 1;
      if (isLinked) assert.equal((await signOn(claims)).user.id, victim.id);
      const waiting = isLinked ? await (await begun())() : undefined;
      const comings = [await begun(), await begun(), await begun()];
      let atOnce: Promise<number[]> | undefined;
      const undo = async () => {
        const undone = server.delete(`/auth/email-changes/${undoToken}`);
        const { code, codeVerifier } = waiting ?? {};
        const exchanged = waiting && server.post('/auth/login/exchanges', { code, codeVerifier });
        return [(await undone).status, (await exchanged)?.status ?? 401];
      };
      provider.forgery = {
        claims,
        answer(path) {
          if (path === '/token') atOnce ??= undo();
          return false;
        },
      };
      const came = await Promise.all(comings.map((comeBack) => comeBack()));
      const [undone = 0, exchanged = 0] = (await atOnce) ?? [];
      assert.equal(undone, 204);
      assert.ok([200, 401].includes(exchanged), `${exchanged}`);
      for (const { code, codeVerifier } of came)
        if (code !== undefined) await server.post('/auth/login/exchanges', { code, codeVerifier });
      const left = `select email, (select count(*)::int from external_identity where user_id = app_user.id) as links,
        (select count(*)::int from session where user_id = app_user.id and ended_at is null) as sessions,
        (select count(*)::int from login_code where user_id = app_user.id) as codes from app_user where id = $1`;
      const nothing = { email: own, links: 0, sessions: 0, codes: 0 };
      assert.deepEqual(await runSql(db, left, [victim.id]), [nothing], `round ${round}`);
    }
  });

  test('whose older link a thief’s sign-in by another provider took away has it again, and a password by mail', async () => {
    const { issuer } = provider;
    const emailDomains = ['school.example'];
    await addProvider(server, admin, { key: 'second', issuer, clientId: 'second', emailDomains });
    const of = (sub: string) => ({ sub, email: `${sub}@school.example`, email_verified: true });
    const victim = await signOn(of('vera'));
    const { id } = victim.user;
    // From now on nobody knows what of before is the person's own.
    await server.patch(`/users/${id}`, { password: 'rowan-and-yew-52' }, admin.token);
    const { accessToken } = await signOn(of('vera'));
    server.clock.advance({ seconds: 1 });
    await server.post('/me/email-changes', { email: 'thora@school.example' }, accessToken);
    const { confirmToken, undoToken } = await linksOfChange(server, id);
    assert.equal((await server.put(`/auth/email-changes/${confirmToken}`)).status, 204);
    const thief = await signOn({ ...of('thora'), aud: 'second' }, 'second');
    assert.equal(thief.user.id, id);
    const links = `select sso_provider.key from external_identity join sso_provider on sso_provider.id = provider_id where user_id = $1`;
    const { db } = server.open.deps;
    assert.deepEqual(await runSql(db, links, [id]), [{ key: 'second' }]);
    assert.equal((await server.delete(`/auth/email-changes/${undoToken}`)).status, 204);
    assert.deepEqual(await runSql(db, links, [id]), []);
    assert.equal((await signOn(of('vera'))).user.id, id);
    const token = await mailedToken(server, 'passwordReset', id);
    assert.equal(
      (await server.put(`/auth/password-resets/${token}`, { password: 'ash-and-elder-39' })).status,
      204,
    );
  });

  test('a provider that is being deleted is not switched on again, so that nothing is given meanwhile', async (t) => {
    const { id } = await addProvider(server, admin, {
      key: 'going',
      issuer: provider.issuer,
      createsAccounts: true,
      groupMappings: [{ value: 'teachers', role: 'instructor' }],
    });
    await signOn({ sub: 'g1', groups: ['teachers'] }, 'going');
    const { release } = await holdLinks(t, id);
    const deleted = server.delete(`${path}/${id}`, admin.token);
    const isWaiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    await waitFor('the deletion waits for a link', async () => {
      return (await runSql(server.open.deps.db, isWaiting)).length > 0;
    });
    const switchedOn = server.patch(`${path}/${id}`, { isActive: true }, admin.token);
    await Promise.race([switchedOn, sleep(300)]);
    await release();
    assert.deepEqual([(await deleted).status, (await switchedOn).status], [204, 404]);
  });

  /** Locks the links of a provider, until `release`. */
  async function holdLinks(t: TestContext, providerId: string) {
    const client = new pg.Client({ connectionString: server.open.deps.config.databaseUrl ?? '' });
    await client.connect();
    t.after(() => client.end());
    await client.query('begin');
    await client.query('select from external_identity where provider_id = $1 for update', [providerId]);
    return { release: async () => void (await client.query('rollback')) };
  }

  test('nobody is admitted by a provider that is switched off, or deleted, while they come', async () => {
    const { deps } = server.open;
    const { issuer } = provider;
    const { id } = await addProvider(server, admin, { key: 'ending', issuer, createsAccounts: true });
    const row = await findProvider(deps.db, id);
    assert.ok(row);
    const person = { email: null, name: 'Late', locale: null, groups: [], usedSecondFactor: false };
    const come = (subject: string) =>
      admit(deps, row, { person: { ...person, subject }, sid: null, idToken: null, codeChallenge: 'c' });
    assert.ok(await come('before'));
    await server.patch(`${path}/${id}`, { isActive: false }, admin.token);
    await assert.rejects(come('before'), { reason: 'provider_unavailable' });
    assert.equal((await server.delete(`${path}/${id}`, admin.token)).status, 204);
    await assert.rejects(come('after'), { reason: 'provider_unavailable' });
  });
});
