import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { purgeOldDeliveries } from './commands/purge-deliveries.ts';
import { redeliverSome } from './commands/redeliver.ts';

suite('webhook endpoints', () => {
  let server: TestServer;
  let token: string;
  before(async () => {
    server = await startTestServer();
    ({ token } = await makePerson(server, 'admin'));
  });
  after(() => server?.stop());

  const input = { url: 'https://hook.example.com/lms?a=1', events: ['ping', 'course.published'] };
  const create = (body: object = input) => server.post('/webhooks', body, token);
  const rowsOf = async (webhookId: string) =>
    server.open.deps.db
      .selectFrom('webhook_delivery')
      .select(['id', 'state', 'event_id', 'request_id'])
      .where('webhook_id', '=', webhookId)
      .execute();

  test('its secret is told once, has 256 bits, and is stored encrypted for its row alone', async () => {
    const { status, body, headers } = await create({ ...input, description: ' Reports ' });
    assert.equal(status, 201);
    assert.equal(headers.get('location'), `/api/v1/webhooks/${body.id}`);
    const { secret, ...shown } = body;
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    assert.deepEqual(
      [shown.url, shown.events, shown.description, shown.isActive],
      [input.url, input.events, 'Reports', true],
    );
    const read = await server.get(`/webhooks/${body.id}`, token);
    assert.deepEqual(read.body, shown);
    const listed = await server.get('/webhooks?limit=100', token);
    assert.ok(!listed.text.includes(secret));
    const { deps } = server.open;
    const row = await deps.db
      .selectFrom('webhook')
      .selectAll()
      .where('id', '=', body.id)
      .executeTakeFirstOrThrow();
    assert.ok(!row.secret.toString('latin1').includes(secret.slice(6)));
    assert.equal(deps.encryption.decrypt(row.secret, body.id), secret);
    assert.throws(() => deps.encryption.decrypt(row.secret, row.created_by ?? ''));
    assert.ok(!JSON.stringify(server.log).includes(secret));
  });

  for (const [url, code] of [
    ['not an address', 'url_invalid'],
    ['ftp://hook.example.com/', 'url_invalid'],
    ['https://user:pass@hook.example.com/', 'url_has_credentials'],
    ['https://token@hook.example.com/', 'url_has_credentials'],
    ['https://hook.example.com/#part', 'url_has_fragment'],
    ['http://127.0.0.1:8000/', 'url_private'],
    ['https://localhost/', 'url_private'],
    ['https://LOCALHOST./', 'url_private'],
    ['https://2130706433/', 'url_private'],
    ['https://[::1]/', 'url_private'],
    ['https://[::ffff:10.0.0.1]/', 'url_private'],
    ['http://169.254.169.254/latest/meta-data', 'url_private'],
  ] as const) {
    test(`the address ${url} is refused`, async () => {
      const { status, body } = await create({ ...input, url });
      assert.equal(status, 400);
      assert.deepEqual(
        body.errors.map((reason: { path: string; code: string }) => [reason.path, reason.code]),
        [['/url', code]],
      );
    });
  }

  test('staging and production take https alone', async () => {
    const { reasonAgainstUrl } = await import('./url.ts');
    const at = (environment: 'staging' | 'production' | 'development') =>
      reasonAgainstUrl('http://hook.example.com/', { environment, webhooksAllowPrivateAddresses: false })
        ?.code;
    assert.deepEqual(
      [at('staging'), at('production'), at('development')],
      ['url_not_https', 'url_not_https', undefined],
    );
  });

  test('a type that there is not is refused, and "*" stands for all', async () => {
    const { status, body } = await create({ ...input, events: ['ping', 'lesson.changed'] });
    assert.deepEqual(
      [status, body.errors[0].code, body.errors[0].params],
      [400, 'unknown_event_type', { type: 'lesson.changed' }],
    );
    assert.deepEqual((await create({ ...input, events: ['ping', '*'] })).body.events, ['*']);
  });

  test('it is changed by the version that was read, and gone once deleted', async () => {
    const created = await create();
    const path = `/webhooks/${created.body.id}`;
    const etag = created.headers.get('etag') ?? '';
    const patched = await server.patch(path, { events: ['ping'], description: 'New' }, token, {
      'if-match': etag,
    });
    assert.deepEqual([patched.status, patched.body.events, patched.body.url], [200, ['ping'], input.url]);
    assert.equal((await server.patch(path, { isActive: false }, token, { 'if-match': etag })).status, 412);
    assert.equal((await server.patch(path, { url: 'http://127.0.0.1/' }, token)).status, 400);
    assert.equal((await server.delete(path, token)).status, 204);
    assert.equal((await server.get(path, token)).status, 404);
    assert.equal((await server.delete(path, token)).status, 404);
    assert.equal((await server.post(`${path}/secret`, undefined, token)).status, 404);
    assert.ok(!(await server.get('/webhooks?limit=100', token)).text.includes(created.body.id));
  });

  test('a range is refused that is empty, backwards or longer than 31 days', async () => {
    const { body } = await create();
    for (const [from, to, code] of [
      ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'range_empty'],
      ['2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z', 'range_empty'],
      ['2026-01-01T00:00:00Z', '2026-02-01T00:00:01Z', 'range_too_long'],
    ]) {
      const answer = await server.post(`/webhooks/${body.id}/redeliveries`, { from, to }, token);
      assert.deepEqual([answer.status, answer.body.errors[0].code], [400, code]);
    }
  });

  test('a range of more events than a job takes is sent whole, once, also where a job runs twice', async () => {
    const { deps } = server.open;
    const { body } = await create({ ...input, events: ['course.published'] });
    const at = server.clock.now();
    await deps.db
      .insertInto('event')
      .values(
        Array.from({ length: 2_100 }, (_, number) => ({
          id: `00000000-0000-7000-9000-${String(number).padStart(12, '0')}`,
          type: 'course.published',
          version: 1,
          // Many at the same moment, at the edges of the jobs' parts.
          occurred_at: new Date(at.getTime() + Math.floor(number / 300)),
          data: JSON.stringify({ courseId: body.id }),
        })),
      )
      .execute();
    const range = { from: at.toISOString(), to: new Date(at.getTime() + 1_000).toISOString() };
    const answer = await server.post(`/webhooks/${body.id}/redeliveries`, range, token);
    assert.equal(answer.status, 202);
    await server.runJobs();
    const rows = await rowsOf(body.id);
    assert.equal(new Set(rows.map(({ event_id }) => event_id)).size, 2_100);
    assert.equal(rows.length, 2_100);
    const { requestId } = answer.body;
    assert.ok(rows.every(({ request_id, state }) => request_id === requestId && state === 'waiting'));
    const payload = {
      webhookId: body.id,
      requestId,
      to: range.to,
      after: { at: range.from, sequence: 0 },
      actorId: null,
    };
    await redeliverSome(deps, payload);
    await server.runJobs();
    assert.equal((await rowsOf(body.id)).length, 2_100);
  });

  test('deliveries are purged after 30 days, those of a deleted endpoint at once, and it with them', async () => {
    const { deps } = server.open;
    const [kept, deleted] = [(await create()).body.id as string, (await create()).body.id as string];
    for (const id of [kept, deleted])
      assert.equal((await server.post(`/webhooks/${id}/test`, undefined, token)).status, 202);
    await server.delete(`/webhooks/${deleted}`, token);
    const purge = () => purgeOldDeliveries(deps, new AbortController().signal);
    assert.equal((await purge()).deliveries, 1);
    assert.deepEqual([(await rowsOf(kept)).length, (await rowsOf(deleted)).length], [1, 0]);
    server.clock.advance({ days: 30, seconds: 1 });
    assert.ok((await purge()).deliveries >= 1);
    assert.deepEqual(await rowsOf(kept), []);
    const left = await deps.db
      .selectFrom('webhook')
      .select('id')
      .where('id', 'in', [kept, deleted])
      .execute();
    assert.deepEqual(left, [{ id: kept }]);
  });
});
