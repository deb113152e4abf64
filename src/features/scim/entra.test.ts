import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { addSamlProvider, signOnBySaml, signOnWhollyBySaml } from '#features/sso/saml-testing.ts';
import {
  addProvider,
  makeAccount,
  signOn,
  signOnWholly,
  startSsoServer,
  type Admin,
} from '#features/sso/sso-testing.ts';
import type { Body } from '#test/client.ts';
import type { TestServer } from '#test/server.ts';
import {
  startIdentityProvider,
  type IdentityProvider,
  type ProviderPerson,
} from '#test/sso/identity-provider.ts';
import { createSamlProvider } from '#test/sso/saml-provider.ts';
import { assertScimError, bring, connect, newUser, patch, rowsOf, type Directory } from './scim-testing.ts';

const claim = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress';
const objectId = 'http://schemas.microsoft.com/identity/claims/objectidentifier';
const tom = { name: 'Tom', email: 'tom@school.example' };
const office = { name: 'Office', email: 'office@school.example', xms_edov: true };
const people: Record<string, ProviderPerson> = {
  'pairwise-ada': { name: 'Ada', oid: 'object-ada', email: 'ada@school.example', xms_edov: true },
  said: { ...tom, oid: 'object-said', xms_edov: true },
  asText: { name: 'Uma', oid: 'object-text', email: 'uma@school.example', xms_edov: '1' },
  denied: { ...tom, oid: 'object-denied', xms_edov: false },
  silent: { ...tom, oid: 'object-silent' },
  standard: { ...tom, oid: 'object-standard', email_verified: true },
  nameless: { ...tom, xms_edov: true },
  late: { name: 'Lou', oid: 'object-late', email: 'lou@school.example', xms_edov: true },
  former: { ...office, oid: 'object-former' },
};

suite('Microsoft Entra: its directory and its single sign-on mean the same account', () => {
  let server: TestServer;
  let admin: Admin;
  let idp: IdentityProvider;
  let providerId: string;
  let directory: Directory;
  before(async () => {
    ({ server, admin } = await startSsoServer());
    const redirectUri = `${server.open.deps.config.publicUrl}/api/v1/auth/oidc/entra/callback`;
    const client = { clientId: 'lms', clientSecret: 'a-secret-of-the-client', redirectUri };
    idp = await startIdentityProvider({ people, client });
    const provider = await addProvider(server, admin, {
      key: 'entra',
      issuer: idp.issuer,
      claims: { subject: 'oid', emailVerified: 'xms_edov' },
      emailDomains: ['school.example'],
      createsAccounts: true,
    });
    assert.deepEqual(provider.claims, {
      email: 'email',
      name: 'name',
      groups: 'groups',
      subject: 'oid',
      emailVerified: 'xms_edov',
    });
    providerId = provider.id;
    directory = await connect(server, admin, { providerId });
  });
  after(async () => {
    await idp?.stop();
    await server?.stop();
  });

  const linksOf = (userId: string) =>
    rowsOf(server, 'select subject from external_identity where user_id = $1 order by subject', [userId]);
  const deactivate = (of: Directory, id: string) =>
    of.send('PATCH', `/Users/${id}`, patch({ op: 'Replace', path: 'active', value: 'False' }));

  test('who was brought by their objectId signs in to that account by OpenID Connect, whatever their sub is', async () => {
    const { id } = await bring(directory, {
      externalId: 'object-ada',
      emails: [{ type: 'work', value: 'ada@school.example' }],
    });
    const { user, accessToken } = await signOnWholly(server, 'entra', 'pairwise-ada');
    assert.equal(user.id, id);
    assert.deepEqual(await linksOf(id), [{ subject: 'object-ada' }]);
    const answer = await deactivate(directory, id);
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await server.get('/me', accessToken)).status, 401);
    assert.equal((await signOn(server, 'entra', 'pairwise-ada')).error, 'account_deactivated');
  });

  test('an address of Entra counts as verified where xms_edov says so, and nowhere else', async () => {
    const account = await makeAccount(server, { ...tom, role: 'student' });
    for (const sub of ['denied', 'silent', 'standard'])
      assert.equal((await signOn(server, 'entra', sub)).error, 'email_not_allowed', sub);
    assert.equal((await signOn(server, 'entra', 'nameless')).error, 'answer_invalid', 'without an oid');
    assert.deepEqual(await linksOf(account.id), []);
    assert.equal((await signOnWholly(server, 'entra', 'said')).user.id, account.id);
    const { user } = await signOnWholly(server, 'entra', 'asText');
    assert.deepEqual([user.email, user.emailVerified], ['uma@school.example', true]);
  });

  test('who has the address of somebody who left has their account by no directory of the same provider', async () => {
    const { user: former } = await signOnWholly(server, 'entra', 'former');
    const bringNext = (of: Directory, fields: object) =>
      of.send('POST', '/Users', newUser({ emails: [{ value: office.email }], ...fields }));
    for (const externalId of ['object-next', undefined]) {
      const answer = await bringNext(directory, { externalId });
      assertScimError(answer, 409, 'uniqueness');
    }
    assert.deepEqual(await linksOf(former.id), [{ subject: 'object-former' }]);
    const itself = await bringNext(directory, { externalId: 'object-former' });
    assert.deepEqual([itself.status, itself.body.id], [201, former.id], itself.text);
    const another = patch({ op: 'replace', path: 'externalId', value: 'object-next' });
    assert.equal((await directory.send('PATCH', `/Users/${former.id}`, another)).status, 200);
    assert.deepEqual(await linksOf(former.id), [{ subject: 'object-next' }], 'its own word counts');
  });

  test('a directory that says later who somebody is links nobody beside whom they are at the provider', async () => {
    const { id } = await bring(directory, {
      externalId: undefined,
      emails: [{ value: 'lou@school.example' }],
    });
    assert.equal((await signOnWholly(server, 'entra', 'late')).user.id, id);
    const say = (value: string) =>
      directory.send('PATCH', `/Users/${id}`, patch({ op: 'add', path: 'externalId', value }));
    assertScimError(await say('object-other'), 409, 'uniqueness');
    assert.equal((await say('object-late')).status, 200);
    assert.deepEqual(await linksOf(id), [{ subject: 'object-late' }]);
  });

  test('of a directory that says no provider, an externalId is no subject: what it brings is taken up', async () => {
    const email = 'plain@school.example';
    const account = await makeAccount(server, { name: 'Plain', role: 'student', email });
    await rowsOf(
      server,
      `insert into external_identity (id, user_id, provider_id, subject, created_at, last_used_at)
        values (gen_random_uuid(), $1, $2, 'object-plain', now(), now())`,
      [account.id, providerId],
    );
    const plain = await connect(server, admin);
    const { id } = await bring(plain, { externalId: 'employee-1', emails: [{ value: email }] });
    assert.equal(id, account.id);
  });

  test('who was let go under another externalId is somebody else, whatever the new user name is', async () => {
    const plain = await connect(server, admin);
    const emails = [{ value: 'recycled@school.example' }];
    const { id } = await bring(plain, { externalId: 'employee-2', emails });
    assert.equal((await plain.send('DELETE', `/Users/${id}`)).status, 204);
    const next = newUser({ externalId: 'employee-3', emails });
    assertScimError(await plain.send('POST', '/Users', next), 409, 'uniqueness');
    const [{ status }] = (await rowsOf(server, 'select status from app_user where id = $1', [id])) as [Body];
    assert.equal(status, 'deactivated');
  });

  for (const [how, saml] of [
    ['the objectidentifier, and another NameID each time', { subjectAttribute: objectId }],
    ['the NameID', {}],
  ] as const)
    test(`who was brought signs in to that account by SAML, by ${how}, and is out at once when it lets them go`, async () => {
      const idpBySaml = createSamlProvider();
      const byAttribute = 'subjectAttribute' in saml;
      const key = byAttribute ? 'by-attribute' : 'by-name';
      const provider = await addSamlProvider(server, admin, idpBySaml, {
        key,
        emailDomains: ['school.example'],
        claims: { email: claim },
        saml: { ...saml, vouchesForAddresses: true },
      });
      const entra = await connect(server, admin, { providerId: provider.id });
      const sent = newUser({ externalId: `object-${key}` });
      const { id } = (await entra.send('POST', '/Users', sent)).body;
      let times = 0;
      const answer = (externalId: string, email: string) => ({
        subject: byAttribute ? `name-${++times}` : externalId,
        attributes: { [claim]: email, ...(byAttribute && { [objectId]: externalId }) },
      });
      const own = answer(`object-${key}`, 'another@school.example');
      const { user, accessToken } = await signOnWhollyBySaml(server, idpBySaml, key, own);
      assert.equal(user.id, id, 'whatever their address is there');
      const again = answer(`object-${key}`, sent.userName);
      assert.equal((await signOnWhollyBySaml(server, idpBySaml, key, again)).user.id, id);
      assert.deepEqual(await linksOf(id), [{ subject: `object-${key}` }]);
      const stranger = await signOnBySaml(server, idpBySaml, key, answer('object-other', sent.userName));
      assert.equal(stranger.error, 'email_taken');
      assert.equal((await server.get('/me', accessToken)).status, 200);
      assert.equal((await deactivate(entra, id)).status, 200);
      assert.equal((await server.get('/me', accessToken)).status, 401);
      const late = answer(`object-${key}`, sent.userName);
      assert.equal((await signOnBySaml(server, idpBySaml, key, late)).error, 'account_deactivated');
    });
});
