import assert from 'node:assert/strict';
import { createVerify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import { addApp } from '#test/factors.ts';
import type { TestServer } from '#test/server.ts';
import { begin, createBrowser, fragmentOf } from '#test/sso/browser.ts';
import { createSamlProvider, requestIn } from '#test/sso/saml-provider.ts';
import { purgeAssertions } from './queries/transactions.ts';
import { readMessage } from './saml/response.ts';
import { acsOf, addSamlProvider, signOnBySaml, signOnWhollyBySaml } from './saml-testing.ts';
import { makeAccount, startSsoServer, type Admin } from './sso-testing.ts';

const path = '/admin/sso/providers';
const entra = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress';

suite('sign-on by SAML', () => {
  let server: TestServer;
  let admin: Admin;
  const idp = createSamlProvider();
  const second = createSamlProvider();
  let id: string;
  before(async () => {
    ({ server, admin } = await startSsoServer());
    const added = await addSamlProvider(server, admin, idp, {
      key: 'school',
      emailDomains: ['school.example'],
      claims: { email: entra },
      saml: { vouchesForAddresses: true },
    });
    ({ id } = added);
  });
  after(async () => {
    await server?.stop();
  });

  const change = (patch: object, of = id) => server.patch(`${path}/${of}`, patch, admin.token);
  const person = (subject: string, more: Record<string, string | string[]> = {}) => ({
    subject,
    attributes: { [entra]: `${subject}@school.example`, name: `${subject} of the school`, ...more },
  });

  test('who has no account gets one, and has the same the next time, whatever their address is then', async () => {
    const first = await signOnWhollyBySaml(server, idp, 'school', person('nora'));
    const { email, name, role, emailVerified } = first.user;
    assert.deepEqual(
      { email, name, role, emailVerified },
      { email: 'nora@school.example', name: 'nora of the school', role: 'student', emailVerified: true },
    );
    const married = { ...person('nora'), attributes: { [entra]: 'nora.new@school.example' } };
    assert.equal((await signOnWhollyBySaml(server, idp, 'school', married)).user.id, first.user.id);
    const audit = await server.get('/admin/audit-events?action=identity.linked', admin.token);
    assert.equal(audit.body.items[0].target.id, first.user.id);
  });

  test('an account is linked where the provider vouches for the address, its domain and we know it, too', async () => {
    const lea = await makeAccount(server, { name: 'Lea', role: 'instructor', email: 'lea@school.example' });
    assert.equal((await signOnWhollyBySaml(server, idp, 'school', person('lea'))).user.id, lea.id);
    const ute = await makeAccount(server, { name: 'Ute', role: 'student', email: 'ute@school.example' });
    await runSql(server.open.deps.db, 'update app_user set email_verified_at = null where id = $1', [ute.id]);
    assert.equal((await signOnBySaml(server, idp, 'school', person('ute'))).error, 'email_taken');
    const outsider = { subject: 'otto', attributes: { [entra]: 'otto@elsewhere.example' } };
    assert.equal((await signOnBySaml(server, idp, 'school', outsider)).error, 'email_not_allowed');
    assert.equal((await change({ saml: { vouchesForAddresses: false } })).status, 200);
    assert.equal((await signOnBySaml(server, idp, 'school', person('otto'))).error, 'email_not_allowed');
    await change({ saml: { vouchesForAddresses: true } });
  });

  test('groups are roles, whether they come as one attribute or as many', async () => {
    const mapped = await change({ groupMappings: [{ value: 'teachers', role: 'instructor' }] });
    assert.equal(mapped.status, 200, mapped.text);
    const groups = person('tom', { groups: ['staff', 'teachers'] });
    assert.equal((await signOnWhollyBySaml(server, idp, 'school', groups)).user.role, 'instructor');
    const apart = {
      ...groups,
      write: (xml: string) =>
        xml.replace(
          'staff</saml:AttributeValue>',
          'staff</saml:AttributeValue></saml:Attribute><saml:Attribute Name="groups">',
        ),
    };
    assert.equal((await signOnWhollyBySaml(server, idp, 'school', apart)).user.role, 'instructor');
    assert.equal((await signOnWhollyBySaml(server, idp, 'school', person('tom'))).user.role, 'student');
  });

  test('a second factor here is asked for, unless a trusted provider says that one was used', async () => {
    const first = await signOnWhollyBySaml(server, idp, 'school', person('fay'));
    await addApp(server, first.accessToken);
    const strong = { ...person('fay'), context: 'https://refeds.org/profile/mfa' };
    assert.equal((await signOnWhollyBySaml(server, idp, 'school', strong)).result, 'mfaRequired');
    await change({ trustsSecondFactor: true });
    assert.equal((await signOnWhollyBySaml(server, idp, 'school', person('fay'))).result, 'mfaRequired');
    assert.equal((await signOnWhollyBySaml(server, idp, 'school', strong)).result, 'signedIn');
    const methods = ['Password', 'http://schemas.microsoft.com/claims/multipleauthn'];
    const microsoft = person('fay', {
      'http://schemas.microsoft.com/claims/authnmethodsreferences': methods,
    });
    assert.equal((await signOnWhollyBySaml(server, idp, 'school', microsoft)).result, 'signedIn');
  });

  test('logging out ends the session here, and leads nowhere', async () => {
    const { accessToken } = await signOnWhollyBySaml(server, idp, 'school', person('nora'));
    const answer = await server.post('/auth/logout', undefined, accessToken);
    assert.ok(answer.status < 300, answer.text);
    assert.equal(answer.body?.endSessionUrl, undefined);
    assert.equal((await server.get('/me', accessToken)).status, 401);
  });

  test('who gave up at the provider is led back with that, and the log says the status', async () => {
    const status = 'urn:oasis:names:tc:SAML:2.0:status:AuthnFailed';
    const { error, detail } = await signOnBySaml(server, idp, 'school', { status });
    assert.deepEqual([error, detail], ['provider_refused', 'status_AuthnFailed']);
  });

  test('while a provider changes its certificate two count, and afterwards the new one alone', async () => {
    const { certificate: from } = idp;
    await addSamlProvider(server, admin, idp, { key: 'turning', issuer: second.entityId });
    const turning = (await server.get(path, admin.token)).body.items[0];
    const answers = async () => {
      const old = await signOnBySaml(server, idp, 'turning', { issuer: second.entityId, subject: 'both' });
      return [old.error, (await signOnBySaml(server, second, 'turning', { subject: 'both' })).error];
    };
    assert.deepEqual(await answers(), [undefined, 'answer_invalid']);
    await change({ saml: { certificates: [from, second.certificate] } }, turning.id);
    assert.deepEqual(await answers(), [undefined, undefined]);
    await change({ saml: { certificates: [second.certificate] } }, turning.id);
    assert.deepEqual(await answers(), ['answer_invalid', undefined]);
  });

  test('a stable attribute can say who they are, where the name is another each time', async () => {
    const subjectAttribute = 'urn:oasis:names:tc:SAML:attribute:subject-id';
    await addSamlProvider(server, admin, second, { key: 'federated', saml: { subjectAttribute } });
    const said = (subject: string) => ({
      subject,
      nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
      attributes: { [subjectAttribute]: 'ida@school.example' },
    });
    const one = await signOnWhollyBySaml(server, second, 'federated', said('_1'));
    assert.equal((await signOnWhollyBySaml(server, second, 'federated', said('_2'))).user.id, one.user.id);
    const without = await signOnBySaml(server, second, 'federated', { subject: '_3' });
    assert.equal(without.detail, 'no_subject');
  });

  test('a request names this sign-in alone, and is signed where there is a key', async () => {
    const signing = { signingKey: pemOf(second), signingCertificate: second.certificate };
    const added = await addSamlProvider(server, admin, idp, { key: 'signed', saml: signing });
    assert.deepEqual([added.saml.hasSigningKey, added.hasClientSecret], [true, false]);
    const shown = await server.get(path, admin.token);
    assert.ok(!shown.text.includes('PRIVATE KEY'));
    const { location } = await begin(createBrowser(server), server, 'signed', {}, 'saml');
    const url = new URL(location);
    assert.equal(`${url.origin}${url.pathname}?tenant=1`, idp.ssoUrl);
    assert.equal(url.searchParams.get('tenant'), '1');
    const { xml, id: requestId, acsUrl, issuer } = requestIn(location);
    assert.match(requestId, /^_[\w-]{43}$/);
    assert.deepEqual([acsUrl, issuer], [added.redirectUri, added.clientId]);
    assert.doesNotMatch(xml, /RequestedAuthnContext/);
    const signed = /SAMLRequest=.*&SigAlg=[^&]*/.exec(url.search)?.[0] ?? '';
    assert.match(decodeURIComponent(signed), /RelayState=[\w-]{43}&SigAlg=\S*rsa-sha256$/);
    const signature = url.searchParams.get('Signature') ?? '';
    const { publicKey } = new X509Certificate(second.certificate);
    assert.ok(createVerify('sha256').update(signed).verify(publicKey, signature, 'base64'));
    const { location: next } = await begin(createBrowser(server), server, 'signed', {}, 'saml');
    assert.notEqual(requestIn(next).id, requestId);
  });

  test('our metadata says who we are, where answers go, and by which key requests are signed', async () => {
    const answer = await server.get('/auth/saml/signed/metadata');
    assert.equal(answer.headers.get('content-type'), 'application/samlmetadata+xml');
    const root = readMessage(answer.text);
    const { publicUrl } = server.open.deps.config;
    const own = `${publicUrl}/api/v1/auth/saml/signed`;
    assert.deepEqual([root.name, root.attributes.get('entityID')], ['EntityDescriptor', `${own}/metadata`]);
    const [descriptor] = root.children;
    assert.equal(descriptor?.attributes.get('AuthnRequestsSigned'), 'true');
    assert.equal(descriptor?.attributes.get('WantAssertionsSigned'), 'true');
    const [key, format, acs] = descriptor?.children ?? [];
    assert.equal(key?.text.replaceAll(/\s/g, ''), base64Of(second.certificate));
    assert.match(format?.text ?? '', /persistent$/);
    assert.equal(acs?.attributes.get('Location'), `${own}/acs`);
    const plain = await server.get('/auth/saml/school/metadata');
    assert.doesNotMatch(plain.text, /KeyDescriptor/);
    assert.equal((await server.get('/auth/saml/nowhere/metadata')).status, 404);
  });

  test('a provider is checked as it is written', async () => {
    const weak = `-----BEGIN CERTIFICATE-----\n${Buffer.from('no certificate').toString('base64')}\n-----END CERTIFICATE-----`;
    const saml = { ssoUrl: idp.ssoUrl, certificates: [idp.certificate] };
    const codesOf = async (body: object) => {
      const whole = { key: 'checked', name: 'Checked', protocol: 'saml', ...body };
      const { status, body: answer } = await server.post(path, whole, admin.token);
      return [status, ...(answer.errors ?? [answer]).map((each: { code: string }) => each.code)];
    };
    const metadata = (xml: string) => codesOf({ saml: { metadata: xml } });
    assert.deepEqual(await codesOf({}), [400, 'required', 'required']);
    assert.deepEqual(await codesOf({ saml }), [400, 'required']);
    const named = { issuer: 'urn:idp', saml };
    assert.deepEqual(await codesOf({ ...named, saml: { ...saml, ssoUrl: 'javascript:alert(1)' } }), [
      400,
      'url_invalid',
    ]);
    assert.deepEqual(await codesOf({ ...named, saml: { ...saml, certificates: [weak] } }), [
      400,
      'certificate_invalid',
    ]);
    assert.deepEqual(await codesOf({ ...named, saml: { ...saml, signingKey: pemOf(second) } }), [
      400,
      'signing_key_differs',
    ]);
    const crossed = { signingKey: pemOf(second), signingCertificate: idp.certificate };
    assert.deepEqual(await codesOf({ ...named, saml: { ...saml, ...crossed } }), [
      400,
      'signing_key_differs',
    ]);
    const other = [400, 'protocol_differs', 'protocol_differs'];
    assert.deepEqual(await codesOf({ ...named, scopes: ['openid'], clientSecret: 'x' }), other);
    assert.deepEqual(await codesOf({ protocol: 'oidc', issuer: 'https://a.example', clientId: 'x', saml }), [
      400,
      'protocol_differs',
    ]);
    assert.deepEqual(await codesOf({ ...named, claims: { subject: 'oid', emailVerified: 'edov' } }), other);
    assert.deepEqual(await codesOf({ protocol: 'oidc' }), [400, 'required', 'required']);
    assert.deepEqual(await metadata('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'), [
      400,
      'metadata_malformed',
    ]);
    assert.deepEqual(await metadata('<x/>'), [400, 'metadata_without_provider']);
    const without = (part: RegExp) => metadata(idp.metadata.replace(part, ''));
    assert.deepEqual(await without(/<md:SingleSignOnService[^>]*Redirect[^>]*>/), [
      400,
      'metadata_without_redirect',
    ]);
    assert.deepEqual(await without(/<md:KeyDescriptor.*<\/md:KeyDescriptor>/s), [
      400,
      'metadata_without_certificate',
    ]);
  });

  test('metadata is read from an address, by the guarded client and for nobody who may not', async (t) => {
    let asked = 0;
    const answers = ['<html></html>', idp.metadata, 'x'.repeat(300_000)];
    const http = createServer((_request, response) => response.end(answers[asked++]));
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    t.after(() => http.close());
    const metadataUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
    const add = (url: string) =>
      server.post(
        path,
        { key: 'read', name: 'Read', protocol: 'saml', saml: { metadataUrl: url } },
        admin.token,
      );
    assert.equal((await add(metadataUrl)).body.errors[0].code, 'metadata_without_provider');
    const added = await add(metadataUrl);
    assert.deepEqual(
      [added.status, added.body.issuer, added.body.saml.ssoUrl],
      [201, idp.entityId, idp.ssoUrl],
    );
    assert.equal(
      (await change({ saml: { metadataUrl } }, added.body.id)).body.errors[0].code,
      'metadata_malformed',
    );
    assert.equal((await add('http://127.0.0.1:9/')).body.errors[0].code, 'metadata_unavailable');
    const { id: roleId } = (
      await server.post('/roles', { name: 'Sso', permissions: ['sso.manage'] }, admin.token)
    ).body;
    const delegate = await makeAccount(server, { name: 'Delegate', role: 'student' });
    await server.put(`/roles/${roleId}/members/${delegate.id}`, undefined, admin.token);
    const tried = await server.patch(`${path}/${id}`, { saml: { metadataUrl } }, delegate.token);
    assert.deepEqual([tried.status, tried.body.code, asked], [403, 'permission_not_held', 3]);
  });

  test('the audit trail tells of certificates by their prints, and of a new key without it', async () => {
    const signing = { signingKey: pemOf(second), signingCertificate: second.certificate };
    assert.equal((await change({ saml: { ...signing, clockSkewSeconds: 30 } })).status, 200);
    const { body } = await server.get('/admin/audit-events?action=sso_provider.changed', admin.token);
    const { after: now } = body.items[0];
    assert.equal(now.hasNewCredentials, true);
    const print = new X509Certificate(second.certificate).fingerprint256.replaceAll(':', '').toLowerCase();
    assert.deepEqual([now.saml.signingCertificate, now.saml.clockSkewSeconds], [print, 30]);
    assert.ok(!JSON.stringify(body).includes('PRIVATE KEY'));
    await change({ saml: { signingKey: null, signingCertificate: null } });
    assert.equal((await server.get(`${path}/${id}`, admin.token)).body.saml.hasSigningKey, false);
  });

  test('a provider of one protocol is none of the other, and one that is switched off is none', async () => {
    const opened = (key: string, protocol: 'oidc' | 'saml') =>
      begin(createBrowser(server), server, key, {}, protocol);
    assert.equal((await opened('school', 'oidc')).status, 404);
    const listed = (await server.get('/auth/oidc/providers')).body.items;
    const school = listed.find((each: { key: string }) => each.key === 'school');
    assert.match(school.startUrl, /\/auth\/saml\/school\/start$/);
    const browser = createBrowser(server);
    const begun = await begin(browser, server, 'school', {}, 'saml');
    const posted = await browser.open(acsOf(server, 'school'), idp.answer(begun.location, person('nora')));
    await change({ isActive: false });
    assert.equal((await opened('school', 'saml')).status, 404);
    assert.equal(fragmentOf((await browser.open(posted.location)).location)['error'], 'provider_unavailable');
    await change({ isActive: true });
  });

  test('assertions are remembered for as long as they could come again', async () => {
    const { db, clock } = server.open.deps;
    await signOnBySaml(server, idp, 'school', person('nora'));
    assert.equal(await purgeAssertions(db, clock.now()), 0);
    const hour = new Date(Date.now() + 3_600_000);
    assert.ok((await purgeAssertions(db, hour)) > 0);
    assert.equal(await purgeAssertions(db, hour), 0);
  });
});

function pemOf({ privateKey }: ReturnType<typeof createSamlProvider>): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function base64Of(pem: string): string {
  return pem.replaceAll(/-----[^-]+-----|\s/g, '');
}
