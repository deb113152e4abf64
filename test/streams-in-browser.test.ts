import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, suite, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, needsChromium } from './browser.ts';
import { makePublishedCourse } from './courses.ts';
import { makePerson, signIn } from './people.ts';
import { startTestServer, type TestServer } from './server.ts';

suite('streams in Chromium', { skip: needsChromium }, () => {
  let frontEnd: Server;
  let origin: string;
  let server: TestServer;
  let browser: Browser;
  before(async () => {
    frontEnd = createServer((_request, response) => void response.end('<!doctype html><title>App</title>'));
    frontEnd.listen(0, '127.0.0.1');
    await once(frontEnd, 'listening');
    origin = `http://localhost:${(frontEnd.address() as AddressInfo).port}`;
    server = await startTestServer({ config: { corsOrigins: [origin] } });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    frontEnd.close();
  });

  test('EventSource of another origin follows by a ticket, goes on with another, and stops when that is used up', async () => {
    const teacher = await makePerson(server, 'instructor');
    const { course, lessons } = await makePublishedCourse(server, teacher, { texts: 3 });
    const learner = await server.registerStudent();
    const enrollment = await server.post(`/courses/${course.id}/enrollments`, {}, learner.token);
    const { token } = await signIn(server, learner.email, learner.password);
    const complete = (at: number) =>
      server.put(`/enrollments/${enrollment.body.id}/lessons/${lessons[at].id}/completion`, {}, token);
    const page = await browser.newPage();
    await page.goto(origin);
    await page.evaluate(`(${script})(${JSON.stringify({ baseUrl: server.baseUrl, token: learner.token })})`);
    await page.evaluate('follow()');
    await page.waitForFunction('seen.ready === 1');
    await complete(0);
    await page.waitForFunction('seen.progress.length === 1');
    await page.evaluate('source.close()');
    await complete(1);
    await page.evaluate('follow()');
    await page.waitForFunction('seen.progress.length === 2');
    assert.deepEqual(
      await page.evaluate('seen.progress.map((each) => each.lessonId)'),
      lessons.slice(0, 2).map(({ id }) => id),
    );
    // What the browser does by itself: the same address again, with a ticket that is used up.
    await page.evaluate('again(source.url)');
    await page.waitForFunction('seen.closed === 1');
    await page.close();
  });
});

/** What docs/live-events.md tells front ends to do. */
const script = `({ baseUrl, token }) => {
  window.seen = { ready: 0, progress: [], closed: 0 };
  window.lastEventId = '';
  window.follow = async () => {
    const headers = { authorization: 'Bearer ' + token };
    const answer = await fetch(baseUrl + '/me/events/tickets', { method: 'POST', headers });
    const { ticket } = await answer.json();
    const query = new URLSearchParams({ ticket, ...(lastEventId && { lastEventId }) });
    window.source = new EventSource(baseUrl + '/me/events?' + query);
    const keep = (event) => { window.lastEventId = event.lastEventId; return JSON.parse(event.data); };
    source.addEventListener('ready', (event) => { keep(event); seen.ready += 1; });
    source.addEventListener('progress', (event) => seen.progress.push(keep(event)));
  };
  window.again = (url) => {
    const second = new EventSource(url);
    second.onerror = () => { if (second.readyState === EventSource.CLOSED) seen.closed += 1; };
  };
}`;
