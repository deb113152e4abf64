import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { startTestServer, type TestServer } from '#test/server.ts';
import { newId } from '#platform/ids.ts';
import { runSql, type Db } from './database.ts';
import { countCapped, fetchPage } from './page.ts';

type Item = { id: string; key: number };

suite('paging', () => {
  let server: TestServer;
  let db: Db;
  before(async () => {
    server = await startTestServer();
    ({ db } = server.open.deps);
    await runSql(server.ownerDb, 'create table item (id uuid primary key, key integer not null)');
  });
  after(() => server.stop());

  const insert = (items: readonly Item[]) =>
    runSql(db, 'insert into item select * from unnest($1::uuid[], $2::integer[])', [
      items.map(({ id }) => id),
      items.map(({ key }) => key),
    ]);

  function page(sort: string, limit: number, cursor: string | undefined, filters?: unknown) {
    const query = db.selectFrom('item' as never).select('key' as never);
    const keys = { key: { by: sql.ref('key'), type: 'int4' } } as const;
    return fetchPage(query, keys, sql.ref('id'), { sort, limit, cursor, filters });
  }

  const keyOf = fc.integer({ min: 0, max: 5 });
  const change = fc.record({
    adds: fc.array(keyOf, { maxLength: 4 }),
    removes: fc.array(fc.nat(), { maxLength: 3 }),
  });

  test('neither repeats nor skips what stays, whatever comes and goes meanwhile, up or down, with equal keys', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('key', '-key'),
        fc.integer({ min: 1, max: 7 }),
        fc.array(keyOf, { maxLength: 25 }),
        fc.array(change, { maxLength: 8 }),
        async (sort, limit, keys, changes) => {
          await runSql(db, 'delete from item');
          const first = keys.map((key): Item => ({ id: newId(), key }));
          await insert(first);
          const staying = new Set(first.map(({ id }) => id));
          const shown: string[] = [];
          let cursor: string | undefined;
          for (let turn = 0; turn < 200; turn += 1) {
            const { rows, nextCursor } = await page(sort, limit, cursor);
            assert.ok(rows.length <= limit);
            shown.push(...rows.map(({ page_id }) => page_id));
            if (nextCursor === null) break;
            cursor = nextCursor;
            const next = changes[turn];
            if (!next) continue;
            await insert(next.adds.map((key) => ({ id: newId(), key })));
            const gone = next.removes.flatMap((index) => first[index % Math.max(1, first.length)]?.id ?? []);
            await runSql(db, 'delete from item where id = any($1)', [gone]);
            for (const id of gone) staying.delete(id);
          }
          assert.equal(new Set(shown).size, shown.length, 'repeated');
          assert.deepEqual(
            [...staying].filter((id) => !shown.includes(id)),
            [],
            'skipped',
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test('what did not change comes in the order that was asked for', async () => {
    await runSql(db, 'delete from item');
    const items = [3, 1, 2, 1, 3].map((key): Item => ({ id: newId(), key }));
    await insert(items);
    for (const [sort, sign] of [
      ['key', 1],
      ['-key', -1],
    ] as const) {
      const { rows } = await page(sort, 100, undefined);
      const expected = items.toSorted((a, b) => sign * (a.key - b.key || (a.id < b.id ? -1 : 1)));
      assert.deepEqual(
        rows.map(({ page_id }) => page_id),
        expected.map(({ id }) => id),
      );
    }
  });

  test('a cursor that anyone made up or changed is a 400, never another', async () => {
    const { nextCursor } = await page('key', 1, undefined);
    const parts = JSON.parse(Buffer.from(nextCursor ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
    const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const made = [
      null,
      1,
      [],
      {},
      { ...parts, k: 1 },
      { ...parts, k: '1; drop table item' },
      { ...parts, i: 'x' },
      { ...parts, k: '9'.repeat(40) },
    ];
    for (const value of made) {
      await assert.rejects(
        page('key', 1, encoded(value)),
        { status: 400, code: 'cursor_invalid' },
        JSON.stringify(value),
      );
    }
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 60 }), async (text) => {
        await assert.rejects(page('key', 1, text), { status: 400, code: 'cursor_invalid' });
      }),
    );
    await assert.rejects(page('-key', 1, nextCursor ?? ''), { code: 'cursor_mismatch' });
    await assert.rejects(page('key', 1, nextCursor ?? '', { other: 1 }), { code: 'cursor_mismatch' });
  });

  test('a count goes up to its bound and says so', async () => {
    await runSql(db, 'delete from item');
    await insert([1, 1, 2].map((key) => ({ id: newId(), key })));
    const query = db.selectFrom('item' as never).select('key' as never);
    assert.deepEqual(await countCapped(db, query, 2), { value: 2, isCapped: true });
    assert.deepEqual(await countCapped(db, query, 3), { value: 3, isCapped: false });
    assert.deepEqual(await countCapped(db, query), { value: 3, isCapped: false });
  });
});
