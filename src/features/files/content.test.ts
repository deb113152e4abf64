import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { here, uploadFile } from '#test/files.ts';
import type { Body } from '#test/client.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

const text = 'abcdefghijklmnopqrstuvwxyz';

suite('the content of a file', () => {
  let server: TestServer;
  let people: People;
  let file: Body;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
    file = await uploadFile(server, people.student, text, 'alphabet.txt');
  });
  after(() => server.stop());

  const fetchContent = (of: Body, headers: Record<string, string> = {}, method = 'GET', more = '') =>
    fetch(here(server, of.contentUrl) + more, { method, headers, redirect: 'manual' });

  test('comes whole, with tag and length; HEAD says the same without it; 304 for who has it', async () => {
    const whole = await fetchContent(file);
    assert.equal(whole.status, 200);
    assert.equal(await whole.text(), text);
    assert.equal(whole.headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.equal(whole.headers.get('content-length'), '26');
    assert.equal(whole.headers.get('x-content-type-options'), 'nosniff');
    const head = await fetchContent(file, {}, 'HEAD');
    assert.equal(head.status, 200);
    for (const name of ['etag', 'content-length', 'content-type', 'accept-ranges', 'content-disposition'])
      assert.equal(head.headers.get(name), whole.headers.get(name), name);
    const known = await fetchContent(file, { 'if-none-match': whole.headers.get('etag') ?? '' });
    assert.equal(known.status, 304);
    assert.equal(await known.text(), '');
  });

  const ranges: [string, number, string][] = [
    ['bytes=0-0', 206, 'a'],
    ['bytes=23-', 206, 'xyz'],
    ['bytes=-3', 206, 'xyz'],
    ['bytes=20-999999999999999999999', 206, 'uvwxyz'],
    ['bytes=-999999999999999999999', 206, text],
    ['bytes=26-', 416, ''],
    ['bytes=-0', 416, ''],
    ['bytes=99999999999999999999999-', 416, ''],
    ['bytes=5-2', 200, text],
    ['bytes=--5', 200, text],
    ['lines=1-2', 200, text],
    [`bytes=${Array.from({ length: 200 }, (_, at) => `${at}-${at}`).join(',')}`, 200, text],
  ];
  for (const [range, status, expected] of ranges) {
    test(`Range ${range.slice(0, 40)}: ${status}`, async () => {
      const answer = await fetchContent(file, { range });
      assert.equal(answer.status, status);
      if (status !== 416) assert.equal(await answer.text(), expected);
      else assert.equal(answer.headers.get('content-range'), 'bytes */26');
    });
  }

  test('what could script is for saving alone and in a sandbox, whatever it is called or asked for', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>';
    for (const [content, type] of [
      [svg, 'image/svg+xml; charset=utf-8'],
      ['<!doctype html><script>alert(1)</script>', 'text/html; charset=utf-8'],
      ['<?xml version="1.0"?><a/>', 'application/xml; charset=utf-8'],
      ['#!/bin/sh', 'text/x-script; charset=utf-8'],
    ] as const) {
      const { name, contentUrl } = await uploadFile(server, people.student, content, 'photo.png');
      assert.doesNotMatch(name, /png$/);
      const answer = await fetchContent({ contentUrl }, {}, 'GET', '&disposition=inline');
      assert.equal(answer.headers.get('content-type'), type);
      assert.match(answer.headers.get('content-disposition') ?? '', /^attachment;/);
      assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/);
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    }
  });

  test('what cannot is shown, or saved where that is asked for', async () => {
    const gif = await uploadFile(server, people.student, Buffer.from('GIF89a/*'), 'a.gif');
    assert.match((await fetchContent(gif)).headers.get('content-disposition') ?? '', /^inline;/);
    const saved = await fetchContent(gif, {}, 'GET', '&disposition=attachment');
    assert.match(saved.headers.get('content-disposition') ?? '', /^attachment;.*a\.gif/);
    assert.equal((await fetchContent(gif, {}, 'GET', '&disposition=other')).status, 400);
  });

  test('a ticket is good for its file alone, until it expires, while its person is active', async () => {
    const other = await uploadFile(server, people.otherStudent, 'secret', 'b.txt');
    const ticket = new URL(file.contentUrl).searchParams.get('ticket');
    const replayed = await fetch(`${server.baseUrl}/files/${other.id}/content?ticket=${ticket}`);
    assert.equal(replayed.status, 401);
    const withToken = await server.get(
      `/files/${other.id}/content?ticket=${ticket}`,
      people.otherStudent.token,
    );
    assert.equal(withToken.status, 401, 'a bad ticket is no better beside a token');
    assert.equal((await fetch(`${server.baseUrl}/files/${file.id}/content?ticket=x`)).status, 401);
    assert.equal((await fetch(`${server.baseUrl}/files/${file.id}/content`)).status, 401);
    const leaver = await server.registerStudent();
    const theirs = await uploadFile(server, leaver, 'mine', 'c.txt');
    assert.equal((await fetchContent(theirs)).status, 200);
    await server.delete(`/users/${leaver.id}`, people.admin.token);
    assert.equal((await fetchContent(theirs)).status, 401);
  });

  test('is private: 404 to strangers, there or not, 401 to the anonymous; admins read it', async () => {
    const { otherStudent, otherInstructor, admin } = people;
    const nothing = '01890000-0000-7000-8000-000000000000';
    for (const path of [`/files/${file.id}`, `/files/${file.id}/content`]) {
      assert.equal((await server.get(path)).status, 401);
      assert.equal((await server.get(path.replace(file.id, nothing))).status, 401);
      assert.equal((await server.get(path.replace(file.id, nothing), otherStudent.token)).status, 404);
      for (const person of [otherStudent, otherInstructor])
        assert.equal((await server.get(path, person.token)).status, 404);
      assert.equal((await server.get(path, admin.token)).status, 200);
    }
    assert.equal((await server.delete(`/files/${file.id}`, otherStudent.token)).status, 404);
  });

  test('that the store has lost is a clear 503 and a line in the log', async () => {
    const lost = await uploadFile(server, people.student, 'gone', 'd.txt');
    const { store_key } = await server.open.deps.db
      .selectFrom('file')
      .select('store_key')
      .where('id', '=', lost.id)
      .executeTakeFirstOrThrow();
    await server.open.deps.files.remove(store_key);
    const answer = await server.get(`/files/${lost.id}/content`, people.student.token);
    assert.equal(answer.status, 503);
    assert.equal(answer.body.code, 'file_unreadable');
    assert.ok(server.log.some(({ fileId, level }) => fileId === lost.id && level === 'error'));
  });

  test('an address stays the same for a while, so that browsers keep what they read; then it expires', async () => {
    const again = await server.get(`/files/${file.id}`, people.student.token);
    assert.equal(again.body.contentUrl, file.contentUrl);
    server.clock.advance({ hours: 2 });
    assert.equal((await fetchContent(file)).status, 200);
    server.clock.advance({ hours: 2 });
    assert.equal((await fetchContent(file)).status, 401);
  });
});
