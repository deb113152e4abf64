import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import type { TestServer } from '#test/server.ts';
import { begin, createBrowser, fragmentOf } from '#test/sso/browser.ts';
import { algorithms, createSamlProvider, requestIn, type SamlForgery } from '#test/sso/saml-provider.ts';
import { wrappings } from '#test/sso/saml-wrapping.ts';
import { acsOf, addSamlProvider, signOnBySaml } from './saml-testing.ts';
import { makeAccount, startSsoServer, type Admin } from './sso-testing.ts';

suite('attacks on sign-on by SAML', () => {
  let server: TestServer;
  let admin: Admin;
  const provider = createSamlProvider();
  const other = createSamlProvider();
  before(async () => {
    ({ server, admin } = await startSsoServer());
    await addSamlProvider(server, admin, provider, { key: 'forged' });
    await addSamlProvider(server, admin, other, { key: 'other' });
  });
  after(async () => {
    await server?.stop();
  });

  const outcome = async (forgery: SamlForgery = {}) => {
    const { code, error, detail } = await signOnBySaml(server, provider, 'forged', forgery);
    return code === undefined ? { error, detail } : 'let in';
  };
  const invalid = (detail: string) => ({ error: 'answer_invalid', detail });
  const start = () => begin(createBrowser(server), server, 'forged', {}, 'saml');

  test('the provider lets in where it does not forge: each refusal below has its own reason', async () => {
    assert.equal(await outcome(), 'let in');
    assert.equal(await outcome({ signs: ['assertion', 'response'] }), 'let in');
    assert.equal(await outcome({ destination: null }), 'let in');
    for (const signatureAlgorithm of [algorithms.rsaSha512, algorithms.rsaPss])
      assert.equal(await outcome({ signatureAlgorithm }), 'let in', signatureAlgorithm);
  });

  test('what is named as every object has something trips nobody up', async () => {
    const beside = '<constructor Algorithm="x"/><__proto__/>';
    const tamper = (xml: string) => xml.replace('<samlp:Status>', `${beside}$&`);
    assert.equal(await outcome({ tamper }), 'let in');
    const attributes = { constructor: 'x', proto: 'y', toString: 'z' };
    const write = (xml: string) => xml.replace('"proto"', '"__proto__"');
    assert.equal(await outcome({ attributes, write }), 'let in');
  });

  const nameId = (text: string) => (xml: string) =>
    xml.replace('>one</saml:NameID>', `>${text}</saml:NameID>`);
  const forgeries: Record<string, [SamlForgery, string]> = {
    'no signature': [{ signs: [] }, 'not_signed'],
    'a signature of the response alone': [{ signs: ['response'] }, 'not_signed'],
    'a signature by another key': [{ signedBy: 'other' }, 'signature_invalid'],
    'HMAC with the certificate as its key (key confusion)': [
      { signedBy: 'certificate' },
      'algorithm_refused',
    ],
    'a signature by SHA-1': [{ signatureAlgorithm: algorithms.rsaSha1 }, 'algorithm_refused'],
    'a digest by SHA-1': [{ digestAlgorithm: algorithms.sha1 }, 'algorithm_refused'],
    'a signature that keeps comments': [
      { canonicalization: algorithms.exclusiveWithComments },
      'algorithm_refused',
    ],
    'a name that was changed after it was signed': [{ tamper: nameId('admin') }, 'signature_invalid'],
    'a response that was changed after it was signed, around a signed assertion': [
      { signs: ['assertion', 'response'], tamper: (xml) => xml.replace('Version="2.0"', 'Version="2.1"') },
      'signature_invalid',
    ],
    'a second assertion without a signature': [
      { tamper: (xml) => xml.replace('</samlp:Response>', '<saml:Assertion ID="_2"/></samlp:Response>') },
      'not_one_assertion',
    ],
    'an encrypted assertion beside it': [
      { tamper: (xml) => xml.replace('</samlp:Response>', '<saml:EncryptedAssertion/></samlp:Response>') },
      'encrypted',
    ],
    'the same id twice, under another name': [
      { tamper: (xml) => xml.replace('<samlp:Status>', `<samlp:Status Id="${idOf(xml)}">`) },
      'ids_repeated',
    ],
    'another issuer': [{ issuer: other.entityId, responseIssuer: provider.entityId }, 'other_issuer'],
    'a response of another issuer': [{ responseIssuer: other.entityId }, 'other_issuer'],
    'another audience': [{ audience: 'https://elsewhere.example' }, 'other_audience'],
    'another recipient': [{ recipient: 'https://elsewhere.example/acs' }, 'other_recipient'],
    'another destination': [{ destination: 'https://elsewhere.example/acs' }, 'other_destination'],
    'a signed response without a destination': [
      { destination: null, signs: ['assertion', 'response'] },
      'other_destination',
    ],
    'an answer to another request': [{ inResponseTo: '_another' }, 'other_request'],
    'an assertion for another request in an answer to this one': [
      { write: (xml) => xml.replace(/(Data InResponseTo=")[^"]*/, '$1_another') },
      'other_request',
    ],
    'an assertion for no request in an answer to this one': [
      { write: (xml) => xml.replace(/Data InResponseTo="[^"]*"/, 'Data') },
      'other_request',
    ],
    'an answer to no request': [
      { tamper: (xml) => xml.replace(/ InResponseTo="[^"]*"/, '') },
      'other_request',
    ],
    'an expired assertion': [{ notBefore: -900, notOnOrAfter: -61, confirmedUntil: 300 }, 'expired'],
    'an assertion that nobody may bring any more': [{ confirmedUntil: -61 }, 'expired'],
    'an assertion that was issued too long ago': [{ issuedAt: -661 }, 'expired'],
    'an assertion that is not yet valid': [{ notBefore: 61 }, 'not_yet_valid'],
    'no conditions': [
      { write: (xml) => xml.replace(/<saml:Conditions.*<\/saml:Conditions>/, '') },
      'other_audience',
    ],
    'no audience': [
      { write: (xml) => xml.replace(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, '') },
      'other_audience',
    ],
    'no subject': [{ write: (xml) => xml.replace(/<saml:Subject>.*<\/saml:Subject>/, '') }, 'no_subject'],
    'no statement that somebody signed in': [
      { write: (xml) => xml.replace(/<saml:AuthnStatement.*<\/saml:AuthnStatement>/, '') },
      'no_authentication',
    ],
    'a holder of a key, who did not show it': [
      { method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' },
      'other_recipient',
    ],
    'a name that is another each time': [
      { nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' },
      'name_is_transient',
    ],
    'a comment that cuts a name short': [
      { subject: 'admin.evil', tamper: (xml) => xml.replace('admin.evil', 'admin<!-- -->.evil') },
      'not_such_xml',
    ],
    'a processing instruction in a name': [
      { subject: 'admin.evil', tamper: (xml) => xml.replace('admin.evil', 'admin<?x y?>.evil') },
      'not_such_xml',
    ],
    'a CDATA section in a name': [
      { subject: 'admin', tamper: (xml) => xml.replace('>admin<', '><![CDATA[admin]]><') },
      'not_such_xml',
    ],
    'an external entity (XXE)': [
      { tamper: (xml) => `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${nameId('&e;')(xml)}` },
      'not_such_xml',
    ],
    'entities of entities (billion laughs)': [
      { tamper: (xml) => `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>${nameId('&b;')(xml)}` },
      'not_such_xml',
    ],
    'nesting without an end': [{ tamper: () => '<a>'.repeat(30_000) }, 'not_such_xml'],
    'attributes without an end': [
      { tamper: () => `<a ${Array.from({ length: 9_000 }, (_, n) => `a${n}=""`).join(' ')}/>` },
      'not_such_xml',
    ],
    'more elements than any message has': [
      { tamper: (xml) => xml.replace('<samlp:Status>', `${'<a/>'.repeat(500)}$&`) },
      'not_such_xml',
    ],
    'what is no XML': [{ tamper: () => 'SAML' }, 'not_such_xml'],
    'bytes that are no UTF-8': [{ tamper: () => 'ÿ', encoding: 'latin1' }, 'not_utf8'],
    nothing: [{ tamper: () => '' }, 'not_base64'],
  };
  for (const [name, [forgery, detail]] of Object.entries(forgeries)) {
    test(`refused: ${name}`, async () => {
      assert.deepEqual(await outcome(forgery), invalid(detail));
    });
  }

  for (const [name, { signs, wrap, detail }] of Object.entries(wrappings)) {
    test(`refused: signature wrapping ${name}`, async () => {
      const tamper = (xml: string) =>
        wrap(xml, (copy) => copy.replace('>one</saml:NameID>', '>admin</saml:NameID>'));
      assert.deepEqual(await outcome({ signs: [signs], tamper }), invalid(detail));
    });
  }

  test('the clock of a provider may differ by what is set, and not by more', async () => {
    assert.equal(await outcome({ notBefore: 50 }), 'let in');
    assert.equal(await outcome({ notBefore: -900, notOnOrAfter: -50, issuedAt: -600 }), 'let in');
  });

  test('an assertion of another provider is worth nothing, also under its own name', async () => {
    const own = other.answer.bind(other);
    const browser = createBrowser(server);
    const { location } = await begin(browser, server, 'forged', {}, 'saml');
    const posted = await browser.open(acsOf(server, 'forged'), own(location, { issuer: provider.entityId }));
    const { location: back } = await browser.open(posted.location);
    assert.deepEqual(fragmentOf(back), { error: 'answer_invalid' });
    const mixed = await browser.open(acsOf(server, 'other'), own((await start()).location));
    assert.equal(mixed.status, 400, 'a sign-in that began at one provider ends at no other’s address');
    const begun = await begin(browser, server, 'forged', {}, 'saml');
    const kept = await browser.open(acsOf(server, 'forged'), provider.answer(begun.location));
    assert.equal((await browser.open(kept.location.replace('/forged/', '/other/'))).status, 400);
    assert.equal(
      (await browser.open(kept.location.replace('/saml/forged/complete', '/oidc/forged/callback'))).status,
      400,
    );
  });

  test('login CSRF and session fixation: no answer counts in a browser that did not begin it', async () => {
    const attacker = createBrowser(server);
    const begun = await begin(attacker, server, 'forged', {}, 'saml');
    const form = provider.answer(begun.location);
    const victim = createBrowser(server);
    await begin(victim, server, 'forged', {}, 'saml');
    const posted = await victim.open(acsOf(server, 'forged'), form);
    const refusal = await victim.open(posted.location);
    assert.deepEqual([refusal.status, JSON.parse(refusal.text).code], [400, 'sign_on_invalid']);
    assert.ok(fragmentOf((await attacker.open(posted.location)).location)['code'], 'its own browser ends it');
  });

  test('replay: an answer counts once, and an assertion in one sign-in', async () => {
    const browser = createBrowser(server);
    const begun = await begin(browser, server, 'forged', {}, 'saml');
    const form = provider.answer(begun.location, { assertionId: '_once' });
    const posted = await browser.open(acsOf(server, 'forged'), form);
    assert.equal((await browser.open(acsOf(server, 'forged'), form)).status, 400, 'posted twice');
    assert.ok(fragmentOf((await browser.open(posted.location)).location)['code']);
    assert.equal((await browser.open(posted.location)).status, 400, 'come for twice');
    assert.equal((await browser.open(acsOf(server, 'forged'), form)).status, 400, 'posted afterwards');
    // Into another sign-in of the same browser.
    const again = await begin(browser, server, 'forged', {}, 'saml');
    form.set('RelayState', new URL(again.location).searchParams.get('RelayState') ?? '');
    const injected = await browser.open(acsOf(server, 'forged'), form);
    assert.deepEqual(fragmentOf((await browser.open(injected.location)).location), {
      error: 'answer_invalid',
    });
    assert.deepEqual(await outcome({ assertionId: '_once' }), invalid('replayed'));
  });

  test('of two that come for one answer at the same time, one is let in', async () => {
    const browser = createBrowser(server);
    const begun = await begin(browser, server, 'forged', {}, 'saml');
    const posted = await browser.open(acsOf(server, 'forged'), provider.answer(begun.location));
    const both = await Promise.all([browser.open(posted.location), browser.open(posted.location)]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [302, 400]);
  });

  test('what no sign-in waits for is refused: from a provider by itself, too late, and without an answer', async () => {
    const browser = createBrowser(server);
    const { location } = await begin(browser, server, 'forged', {}, 'saml');
    const form = provider.answer(location);
    for (const RelayState of ['', 'guessed', 'https://evil.example/']) {
      const unasked = new URLSearchParams({ SAMLResponse: form.get('SAMLResponse') ?? '', RelayState });
      const answer = await browser.open(acsOf(server, 'forged'), unasked);
      // Open redirect: where a provider says, nobody is led.
      assert.deepEqual([answer.status, answer.location], [400, '']);
      assert.equal(JSON.parse(answer.text).code, 'sign_on_invalid');
    }
    const early = `${server.baseUrl}/auth/saml/forged/complete?state=${form.get('RelayState')}`;
    assert.deepEqual(fragmentOf((await browser.open(early)).location), { error: 'answer_invalid' });
    const late = await begin(browser, server, 'forged', {}, 'saml');
    server.clock.advance({ seconds: 601 });
    assert.equal((await browser.open(acsOf(server, 'forged'), provider.answer(late.location))).status, 400);
  });

  test('open redirect: a sign-in leads back to this institution and its front ends alone', async () => {
    const begun = (returnTo: string) => begin(createBrowser(server), server, 'forged', { returnTo }, 'saml');
    assert.equal((await begun('https://front.example.com/in')).status, 302);
    for (const evil of ['https://evil.example', '//evil.example', 'javascript:alert(1)'])
      assert.equal((await begun(evil)).status, 400, evil);
  });

  test('what the database holds of a sign-in under way ends none, and shows no answer', async () => {
    const browser = createBrowser(server);
    const begun = await begin(browser, server, 'forged', {}, 'saml');
    await browser.open(acsOf(server, 'forged'), provider.answer(begun.location, { subject: 'visible' }));
    const rows = await runSql(
      server.open.deps.db,
      `select *, encode(answer, 'escape') as answer, encode(state_hash, 'escape') as state from sso_transaction`,
    );
    const secret = begun.cookies[0]?.split(/[=;]/)[1] ?? '';
    const { id } = requestIn(begun.location);
    for (const text of [id, id.slice(1), secret, 'visible', Buffer.from('visible').toString('base64')])
      assert.ok(text !== '' && !JSON.stringify(rows).includes(text), text);
  });

  test('a form that is too large is refused before it is read', async () => {
    const browser = createBrowser(server);
    const post = async (size: number) => {
      const form = new URLSearchParams({ SAMLResponse: 'A'.repeat(size), RelayState: 'x' });
      return (await browser.open(acsOf(server, 'forged'), form)).status;
    };
    assert.deepEqual([await post(250_001), await post(800_000)], [400, 413]);
  });

  test('takeover: an address that the provider does not vouch for is no address', async () => {
    await makeAccount(server, { name: 'Owner', role: 'admin', email: 'owner@school.example' });
    const said: SamlForgery = {
      subject: 'thief',
      // Not to be had by what only OpenID Connect says.
      attributes: { email: 'owner@school.example', email_verified: 'true', sub: 'owner', amr: 'mfa' },
    };
    assert.equal(await outcome(said), 'let in', 'as an account of its own, without an address');
    const linked = `select email, subject from external_identity join app_user on app_user.id = user_id where subject in ('thief', 'owner')`;
    assert.deepEqual(await runSql(server.open.deps.db, linked), [{ email: null, subject: 'thief' }]);
    await addSamlProvider(server, admin, other, { key: 'vouching', saml: { vouchesForAddresses: true } });
    // Vouched for, but of a domain that the provider does not speak for.
    const { error } = await signOnBySaml(server, other, 'vouching', said);
    assert.equal(error, 'email_taken');
  });

  test('no log line names a person, an assertion or a state', async () => {
    const attributes = { email: 'logged@school.example', name: 'Loggia' };
    await outcome({ subject: 'subject-of-log', attributes });
    await outcome({ subject: 'subject-of-log', attributes, audience: 'audience-of-log' });
    await outcome({ subject: 'subject-of-log', status: 'urn:of-log:Denied' });
    const lines = JSON.stringify(server.log);
    for (const text of ['logged@', 'Loggia', 'subject-of-log', 'audience-of-log', 'of-log', 'SAMLResponse'])
      assert.ok(!lines.includes(text), text);
  });
});

function idOf(xml: string): string {
  return /<saml:Assertion ID="([^"]*)"/.exec(xml)?.[1] ?? '';
}
