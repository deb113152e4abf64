import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import type { Body } from '#test/client.ts';
import { makePublishedCourse } from '#test/courses.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { completeCourse } from './completion-testing.ts';
import { verificationStyle } from './render/verification-style.ts';

suite('verifying a certificate', () => {
  let server: TestServer;
  let people: People;
  let certificate: Body;
  let revoked: Body;
  before(async () => {
    server = await startTestServer({
      config: { rateLimitsEnabled: true },
      env: { PUBLIC_URL: 'https://learn.example.org' },
    });
    people = await makePeople(server);
    const course = await makePublishedCourse(server, people.instructor, {
      texts: 1,
      title: 'Navigation <b>',
    });
    const issue = async (name: string) => {
      const { learner } = await completeCourse(server, course, await server.registerStudent(name));
      await server.runJobs();
      return (await server.get('/me/certificates', learner.token)).body.items[0];
    };
    certificate = await issue('نور & Zoë');
    const second = await issue('Someone Else');
    const path = `/certificates/${second.id}/revocation`;
    revoked = (await server.post(path, { reason: 'Issued <by> mistake' }, people.admin.token)).body;
  });
  after(() => server.stop());

  const page = async (number: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.address}/verify/${encodeURIComponent(number)}`, { headers });
    return { status: response.status, headers: response.headers, html: await response.text() };
  };
  const json = (number: string) => server.get(`/certificates/verify/${encodeURIComponent(number)}`);

  test('anyone learns what it says, and no id', async () => {
    const { status, body } = await json(certificate.number);
    assert.equal(status, 200);
    const {
      id: _id,
      enrollmentId: _e,
      userId: _u,
      courseId: _c,
      replacesId: _r,
      replacedById: _b,
      hasPdf: _h,
      ...said
    } = certificate;
    assert.deepEqual(body, said);
    assert.equal(body.learnerName, 'نور & Zoë');
    assert.equal(body.verifyUrl, `https://learn.example.org/verify/${certificate.number}`);
  });

  test('a number is found as people type it', async () => {
    const { number } = certificate;
    for (const typed of [number.toLowerCase(), number.replaceAll('-', ' '), number.slice(4), ` ${number} `]) {
      assert.equal((await json(typed)).body.number, number, typed);
      assert.equal((await page(typed)).status, 200, typed);
    }
  });

  test('the page shows it in the language of the reader', async () => {
    for (const [accept, language, heading] of [
      ['', 'en', 'Valid certificate'],
      ['ja, de-AT;q=0.9', 'de', 'Gültiges Zertifikat'],
      ['ar', 'ar', 'شهادة صالحة'],
      ['es-MX,es;q=0.9', 'es', 'Certificado válido'],
    ] as const) {
      const { status, headers, html } = await page(certificate.number, { 'accept-language': accept });
      assert.equal(status, 200);
      assert.equal(headers.get('content-type'), 'text/html; charset=utf-8');
      assert.match(headers.get('vary') ?? '', /Accept-Language/);
      assert.ok(html.includes(`<html lang="${language}"`), language);
      for (const part of [heading, 'نور &amp; Zoë', 'Navigation &lt;b&gt;', certificate.verifyUrl])
        assert.ok(html.includes(part), part);
    }
  });

  test('the page may load nothing and run nothing: its policy allows its one style alone', async () => {
    const hash = createHash('sha256').update(verificationStyle).digest('base64');
    for (const number of [certificate.number, 'LMS-0000-0000-0000-0000']) {
      const { headers } = await page(number);
      assert.equal(
        headers.get('content-security-policy'),
        `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      );
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.get('cache-control'), 'no-cache');
    }
  });

  test('a revoked one is said to be, with the reason', async () => {
    const { body } = await json(revoked.number);
    assert.deepEqual(
      [body.status, body.revocationReason, body.revokedAt],
      ['revoked', 'Issued <by> mistake', revoked.revokedAt],
    );
    const { status, html } = await page(revoked.number);
    assert.equal(status, 200);
    for (const part of ['Revoked certificate', 'Issued &lt;by&gt; mistake', 'Someone Else'])
      assert.ok(html.includes(part), part);
  });

  test('one whose validity has ended is said to be expired', async () => {
    const { db } = server.open.deps;
    const expiry = (at: Date | null) =>
      db.updateTable('certificate').set({ expires_at: at }).where('id', '=', certificate.id).execute();
    await expiry(server.clock.now());
    assert.equal((await json(certificate.number)).body.status, 'expired');
    assert.ok((await page(certificate.number)).html.includes('Expired certificate'));
    await expiry(null);
  });

  test('what was never issued is 404: as a page too, which shows the number and runs nothing of it', async () => {
    for (const number of ['LMS-0000-0000-0000-0000', 'nonsense', '<script>alert(1)</script>', '%00', '..']) {
      const answer = await json(number);
      if (number !== '..') assert.deepEqual([answer.status, answer.body.code], [404, 'not_found'], number);
      const { status, html } = await page(number, { 'accept-language': 'de' });
      assert.ok(status === 404 || status === 400, `${number}: ${status}`);
      assert.ok(!html.includes('<script>'));
    }
    const { status, html } = await page('LMS-0000-0000-0000-0000', { 'accept-language': 'de' });
    assert.equal(status, 404);
    assert.ok(html.includes('Kein solches Zertifikat') && html.includes('LMS-0000-0000-0000-0000'));
  });

  test('guessing is limited, for page and JSON together', async () => {
    const { headers } = await json('nonsense');
    assert.match(headers.get('ratelimit') ?? '', /^"verify";r=\d+/);
    assert.match((await page('nonsense')).headers.get('ratelimit') ?? '', /^"verify";r=\d+/);
    const statuses = await Promise.all(
      Array.from({ length: 130 }, async () => (await page('nonsense')).status),
    );
    assert.ok(statuses.includes(429));
    assert.equal((await json(certificate.number)).status, 429);
  });
});
