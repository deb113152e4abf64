import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, needsChromium } from './browser.ts';
import { buildCourse, joinCourse, learn, waitForCertificate, type Certificate } from './loop.ts';
import { mailedToken } from './mailed-token.ts';
import { makePerson, signIn } from './people.ts';
import { startTestServer, type TestServer } from './server.ts';

const phone = { width: 320, height: 640 };

suite('pages in Chromium', { skip: needsChromium }, () => {
  let server: TestServer;
  let browser: Browser;
  let certificate: Certificate;
  before(async () => {
    server = await startTestServer();
    browser = await launchBrowser();
    const teacher = await makePerson(server, 'instructor');
    const course = await buildCourse(server, teacher.token, 'Astronomy <b>for</b> everyone');
    const learner = await joinCourse(server, course, 'Zoë <script>alert(1)</script>');
    await learn(server, course, learner);
    await server.runJobs();
    certificate = await waitForCertificate(server, learner);
  });
  after(async () => {
    await browser?.close();
    await server.stop();
  });

  test('the verification page fits a phone, runs no script and asks nobody else for anything', async () => {
    const { page, complaints, hosts } = await open(`/verify/${certificate.number}`);
    const text = await page.innerText('body');
    assert.ok(text.includes('Zoë <script>alert(1)</script>'), text);
    assert.ok(text.includes('Astronomy <b>for</b> everyone'), text);
    await assertFits(page);
    assert.deepEqual(complaints, []);
    assert.deepEqual([...hosts], [new URL(server.address).host]);
    await page.close();
  });

  test('an unknown number says so on a page of its own', async () => {
    const { page, status } = await open('/verify/LMS-0000-0000-0000-0000');
    assert.equal(status, 404);
    assert.ok((await page.innerText('h1')).length > 0);
    await page.close();
  });

  test('the docs page shows every operation and event, from this server alone', async () => {
    const { page, complaints, hosts } = await open('/docs');
    await page.waitForSelector('.opblock');
    const document = (await (await fetch(`${server.baseUrl}/openapi.json`)).json()) as {
      paths: Record<string, object>;
      webhooks: Record<string, object>;
    };
    const all = Object.values({ ...document.paths, ...document.webhooks });
    const expected = all.flatMap((each) => Object.keys(each)).length;
    assert.equal((await scrolledPast(page, '.opblock')).size, expected);
    assert.deepEqual(complaints, []);
    assert.deepEqual([...hosts], [new URL(server.address).host]);
    await page.close();
  });

  test('an address is confirmed with the password, on a phone, in Arabic', async () => {
    const person = await server.registerStudent();
    const token = await mailedToken(server, 'verification', person.id);
    const { page, complaints, hosts } = await open(`/verify-email?token=${token}`, 'ar');
    assert.ok((await page.innerText('body')).includes(person.email));
    for (const field of ['#password', '#repeat']) await page.fill(field, person.password);
    await assertFits(page);
    await Promise.all([page.waitForNavigation(), page.click('button')]);
    await assertFits(page);
    assert.equal(new URL(page.url()).search, '', 'the token is out of the address');
    assert.equal((await server.get('/me', person.token)).body.emailVerified, true);
    assert.deepEqual(complaints, []);
    assert.deepEqual([...hosts], [new URL(server.address).host]);
    await page.close();
  });

  test('a new password is chosen by keyboard; the browser itself refuses a short one', async () => {
    const person = await server.registerStudent();
    const token = await mailedToken(server, 'passwordReset', person.id);
    const { page, complaints } = await open(`/reset-password?token=${token}`);
    await page.keyboard.press('Tab');
    await page.keyboard.type('short');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('input:invalid').count(), 2);
    await page.fill('#password', 'rowan-and-yew-52');
    await page.fill('#repeat', 'rowan-and-yew-52');
    await assertFits(page);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    assert.equal(await page.innerText('h1'), 'Password changed');
    assert.ok(await signIn(server, person.email, 'rowan-and-yew-52'));
    assert.deepEqual(complaints, []);
    await page.close();
  });

  async function assertFits(page: Page): Promise<void> {
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    assert.ok(width <= phone.width, 'no sideways scrolling');
  }

  async function open(
    path: string,
    locale = 'en',
  ): Promise<{ page: Page; complaints: string[]; hosts: Set<string>; status: number }> {
    const page = await browser.newPage({ viewport: phone, locale });
    const complaints: string[] = [];
    const hosts = new Set<string>();
    // A refusal by the content security policy is an error on the console.
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    page.on('pageerror', (error) => void complaints.push(error.message));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http')) hosts.add(url.host);
    });
    const response = await page.goto(server.address + path);
    return { page, complaints, hosts, status: response?.status() ?? 0 };
  }
});

/** Ids of all that match while the page is scrolled to its end: a long list shows only what is in view. */
async function scrolledPast(page: Page, selector: string): Promise<Set<string>> {
  const seen = new Set<string>();
  for (let isAtEnd = false; !isAtEnd;) {
    const shown = page.locator(selector);
    for (const id of await shown.evaluateAll((elements) => elements.map(({ id }) => id))) seen.add(id);
    isAtEnd = await page.evaluate<boolean>(scrollOn);
  }
  return seen;
}

/** Runs in the page: whether there was nothing left to scroll, once what came into view is drawn. */
const scrollOn = `new Promise((done) => {
  const before = scrollY;
  scrollBy(0, innerHeight / 2);
  requestAnimationFrame(() => requestAnimationFrame(() => done(scrollY === before)));
})`;
