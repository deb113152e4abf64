import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import pg from 'pg';
import { coursePublished, lessonChanged } from '#features/courses/events.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { fact, type NewEvent } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import type { Body } from '#test/client.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';
import { pinged } from './events.ts';

function withMore(event: Body): Body {
  return { ...event, data: { ...event.data, more: 1 } };
}

suite('the change feed', () => {
  let server: TestServer;
  let token: string;
  before(async () => {
    server = await startTestServer();
    ({ token } = await makePerson(server, 'admin'));
  });
  after(() => server?.stop());

  const read = (query: string) => server.get(`/events?limit=100${query}`, token);
  const pageAfter = async (cursor: string, query = ''): Promise<Body> => {
    const { status, body, text } = await read(`&after=${cursor}${query}`);
    assert.equal(status, 200, text);
    return body;
  };
  const publish = ({ open: { deps } }: TestServer, ...facts: NewEvent[]) =>
    inTransaction(deps.db, (tx) => deps.events.publish(tx, ...facts));
  const ping = (number: number) => {
    const webhookId = `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
    return fact(pinged, null, server.open.deps.clock.now(), { webhookId });
  };
  const numbersOf = (items: Body[]) => items.map(({ data }) => Number(String(data.webhookId).slice(24)));
  /** Reads on until so many came; open transactions of other tests' databases hold the feed up, too. */
  async function readOn(from: string, count: number, query = ''): Promise<{ items: Body[]; cursor: string }> {
    const items: Body[] = [];
    let cursor = from;
    await waitFor(`${count} events`, async () => {
      const page = await pageAfter(cursor, query);
      items.push(...page.items);
      cursor = page.nextCursor;
      return items.length >= count;
    });
    return { items, cursor };
  }
  /** The cursor behind all that was published so far. */
  async function start(): Promise<string> {
    const [id] = await publish(server, ping(0));
    let { body } = await read('');
    await waitFor('the last event', async () => {
      if (body.items.at(-1)?.id === id) return true;
      body = await pageAfter(body.nextCursor);
      return false;
    });
    return body.nextCursor as string;
  }

  test('gives every public event as it was published, no internal one, and at the end a cursor to go on from', async () => {
    const from = await start();
    const { clock } = server;
    const actorId = newId();
    const ids = { courseId: newId(), lessonId: newId() };
    const [first, , second] = await publish(
      server,
      fact(coursePublished, actorId, clock.now(), { courseId: ids.courseId }),
      fact(lessonChanged, null, clock.now(), { ...ids, change: 'ready' }),
      ping(1),
    );
    const { items, cursor } = await readOn(from, 2);
    const timestamp = clock.now().toISOString();
    assert.deepEqual(items, [
      {
        id: first,
        type: 'course.published',
        version: 1,
        sequence: items[0].sequence,
        timestamp,
        actorId,
        data: { courseId: ids.courseId },
      },
      { ...items[1], id: second, type: 'ping', version: 1, timestamp, actorId: null },
    ]);
    assert.equal(items[1].sequence, items[0].sequence + 2);
    const empty = await pageAfter(cursor);
    assert.deepEqual([empty.items, empty.hasMore], [[], false]);
    await publish(server, ping(2));
    assert.deepEqual(numbersOf((await readOn(empty.nextCursor, 1)).items), [2]);
  });

  test('goes page by page without a gap or an overlap, and by type', async () => {
    const from = await start();
    await publish(server, ...Array.from({ length: 7 }, (_, at) => ping(at)));
    await publish(server, fact(coursePublished, null, server.clock.now(), { courseId: newId() }));
    await readOn(from, 8);
    const pages: Body[] = [];
    for (let cursor = from; pages.at(-1)?.hasMore !== false; cursor = pages.at(-1).nextCursor)
      pages.push((await server.get(`/events?limit=3&after=${cursor}&type=ping`, token)).body);
    assert.deepEqual(
      pages.map(({ items }) => numbersOf(items)),
      [[0, 1, 2], [3, 4, 5], [6]],
    );
    const { items } = await pageAfter(from, '&type=course.published');
    assert.equal(items.length, 1);
  });

  test('waits for a transaction that is open, and then gives both in the same order to all', async () => {
    const from = await start();
    const late = new pg.Client({ connectionString: server.open.deps.config.databaseUrl ?? '' });
    await late.connect();
    try {
      await late.query('begin');
      await late.query(
        `insert into event (id, type, version, occurred_at, data) values ($1, 'ping', 1, now(), $2)`,
        [newId(), { webhookId: '00000000-0000-7000-8000-000000000010' }],
      );
      await publish(server, ping(11));
      const early = await pageAfter(from);
      assert.deepEqual(early.items, []);
      await late.query('commit');
      const [one, other] = await Promise.all([readOn(from, 2), readOn(early.nextCursor, 2)]);
      assert.deepEqual(numbersOf(one.items), [10, 11]);
      assert.deepEqual(other.items, one.items);
    } finally {
      await late.end();
    }
  });

  test('skips none and doubles none while many write at once', async () => {
    const from = await start();
    const writers = 8;
    const each = 25;
    const state = { isWriting: true };
    const writing = Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let at = 0; at < each; at++) {
          const { deps } = server.open;
          await inTransaction(deps.db, async (tx) => {
            await deps.events.publish(tx, ping(writer * each + at));
            // Some commit late, so that those that began after them are there first.
            if (at % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 15));
          });
        }
      }),
    ).finally(() => (state.isWriting = false));
    const seen: Body[] = [];
    let cursor = from;
    while (state.isWriting) {
      const page = await pageAfter(cursor);
      seen.push(...page.items);
      cursor = page.nextCursor;
    }
    await writing;
    if (seen.length < writers * each)
      seen.push(...(await readOn(cursor, writers * each - seen.length)).items);
    assert.deepEqual(
      numbersOf(seen).toSorted((a, b) => a - b),
      Array.from({ length: writers * each }, (_, at) => at),
    );
    const again = await readOn(from, writers * each);
    assert.deepEqual(
      again.items.map(({ id }) => id),
      seen.map(({ id }) => id),
      'the same order again',
    );
  });

  test('refuses a cursor that it did not give, and a type that there is not', async () => {
    const far = Buffer.from(`${10n ** 18n}.1`).toString('base64url');
    for (const cursor of ['x', 'MTIz', far, Buffer.from('1.2.3').toString('base64url'), '9'.repeat(200)]) {
      const { status, body } = await read(`&after=${cursor}`);
      assert.deepEqual([status, body.code], [400, 'cursor_invalid'], cursor);
    }
    for (const type of ['course.unheard', 'lesson.changed']) {
      const { status, body } = await read(`&type=${type}`);
      assert.deepEqual([status, body.errors[0].code], [400, 'unknown_event_type']);
    }
  });

  test('takes two statements', async () => {
    server.takeStatements();
    await read('');
    assert.equal(server.takeStatements().length, 2);
  });

  test('its catalogue has a schema for every type, which its example and real events match', async () => {
    const { items } = (await server.get('/event-types', token)).body;
    const { createAjv } = await import('#platform/http/validation.ts');
    const ajv = createAjv(false);
    const types = new Set(items.map(({ type }: Body) => type));
    const ours = `user.registered course.published enrollment.created enrollment.withdrawn enrollment.resumed
      lesson.completed quiz.submitted quiz.graded enrollment.completed certificate.issued certificate.revoked
      file.uploaded webhook.disabled ping`;
    for (const type of ours.split(/\s+/)) assert.ok(types.has(type), type);
    const all: Body[] = items;
    for (const { type, version, schema, example, description } of all) {
      assert.equal(ajv.validate(schema, withMore(example)), false);
      assert.ok(ajv.validate(schema, example), `${type}: ${ajv.errorsText()}`);
      assert.ok(version === 1 && description.length > 10);
    }
    const [event] = (await read('')).body.items;
    assert.ok(ajv.validate(items.find(({ type }: Body) => type === event.type).schema, event));
  });
});
