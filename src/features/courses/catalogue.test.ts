import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { CompiledQuery, createQueryId, type RootOperationNode } from 'kysely';
import fc from 'fast-check';
import type { Body } from '#test/client.ts';
import { makeCourse, makePublishedCourse } from '#test/courses.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import type { Db } from '#platform/db/database.ts';
import { listCourses } from './queries/course-list.ts';

const shelf = [
  {
    title: 'Astronomy for beginners',
    category: 'Science',
    level: 'beginner',
    description: 'Stars and planets of the night sky.',
  },
  {
    title: 'The history of planets',
    category: 'Science',
    level: 'advanced',
    description: 'From antiquity to our days.',
  },
  {
    title: 'はじめての日本の茶道',
    category: 'Food',
    level: 'beginner',
    language: 'ja',
    description: '抹茶を点てる。',
  },
  { title: 'مقدّمة في البرمجة', category: 'Computing', language: 'ar', description: 'دروس بالعربيّة' },
  {
    title: 'Brotbacken mit Größe',
    category: 'Food',
    level: 'beginner',
    language: 'de',
    description: 'Häuser und Bäume, Sauerteige.',
  },
  {
    title: 'Les oiseaux de la forêt',
    category: 'Science',
    language: 'fr',
    description: 'Écouter et reconnaître.',
  },
];

suite('catalogue', () => {
  let server: TestServer;
  let people: People;
  const bySlug = new Map<string, Body>();
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
    for (const fields of shelf) {
      server.clock.advance({ seconds: 1 });
      const { course } = await makePublishedCourse(server, people.instructor, { ...fields, texts: 1 });
      bySlug.set(course.title, course);
    }
    await makePublishedCourse(server, people.otherInstructor, {
      title: 'Unlisted one',
      visibility: 'unlisted',
      texts: 1,
    });
    await makeCourse(server, people.otherInstructor, { title: 'Draft of another' });
    const { course } = await makePublishedCourse(server, people.otherInstructor, {
      title: 'Archived one',
      texts: 1,
    });
    await server.delete(`/courses/${course.id}`, people.otherInstructor.token);
  });
  after(() => server.stop());

  const list = async (query = '', token?: string): Promise<Body> => {
    const answer = await server.get(`/courses?limit=100${query}`, token);
    assert.equal(answer.status, 200, `${query}: ${answer.text}`);
    return answer.body;
  };
  const titles = async (query = '', token?: string): Promise<string[]> =>
    (await list(query, token)).items.map(({ title }: { title: string }) => title);
  const found = (q: string, more = '') => titles(`&q=${encodeURIComponent(q)}${more}`);
  const [astronomy, planets, tea, programming, bread, birds] = shelf.map(({ title }) => title) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];

  test('everyone sees what is published and listed, the newest first', async () => {
    const expected = shelf.map(({ title }) => title).toReversed();
    for (const token of [undefined, people.student.token, people.otherInstructor.token]) {
      assert.deepEqual(await titles('', token), expected);
    }
    assert.deepEqual(await titles('&status=draft,archived', people.student.token), []);
  });

  test('staff see their own in any status, admins everything', async () => {
    const own = ['Archived one', 'Draft of another', 'Unlisted one'];
    assert.deepEqual((await titles('&staff=me', people.otherInstructor.token)).toSorted(), own);
    assert.deepEqual(await titles('&staff=me&status=draft', people.otherInstructor.token), [
      'Draft of another',
    ]);
    assert.deepEqual(await titles('&staff=me', people.student.token), []);
    assert.equal((await server.get('/courses?staff=me')).status, 401);
    assert.equal((await titles('', people.admin.token)).length, shelf.length + 3);
    assert.deepEqual(await titles('&status=archived', people.admin.token), ['Archived one']);
  });

  test('a row tells what a card shows, and neither HTML nor the whole description', async () => {
    const { items } = await list('', people.student.token);
    const row = items.find(({ title }: Body) => title === astronomy);
    assert.equal(row.summary, 'Stars and planets of the night sky.');
    assert.equal(row.statistics.lessonCount, 1);
    assert.deepEqual(row.instructors, [{ id: people.instructor.id, name: people.instructor.name }]);
    assert.deepEqual(row.viewer, { courseRole: null, enrollmentId: null, permissions: ['course.view'] });
    assert.ok(!('description' in row) && !('descriptionHtml' in row));
  });

  test('filters take several values and hold together', async () => {
    assert.deepEqual(
      (await titles('&category=Food,Computing')).toSorted(),
      [bread, programming, tea].toSorted(),
    );
    assert.deepEqual(await titles('&category=Food&language=DE'), [bread]);
    assert.deepEqual(await titles('&level=advanced'), [planets]);
    assert.equal((await titles(`&instructorId=${people.instructor.id}`)).length, shelf.length);
    assert.deepEqual(await titles(`&instructorId=${people.student.id}`), []);
    for (const bad of [
      '&level=expert',
      '&status=x',
      '&sort=password',
      '&instructorId=1',
      '&limit=0',
      '&colour=red',
      '&sort=relevance',
    ]) {
      assert.equal((await server.get(`/courses?${bad.slice(1)}`)).status, 400, bad);
    }
  });

  test('facets count under all filters but their own, and the total under all', async () => {
    const { facets, total } = await list('&category=Food&include=total,facets');
    assert.deepEqual(total, { value: 2, isCapped: false });
    assert.deepEqual(facets.category, [
      { value: 'Science', count: 3 },
      { value: 'Food', count: 2 },
      { value: 'Computing', count: 1 },
    ]);
    assert.deepEqual(facets.level, [{ value: 'beginner', count: 2 }]);
    assert.deepEqual(facets.language, [
      { value: 'de', count: 1 },
      { value: 'ja', count: 1 },
    ]);
    assert.ok(!('total' in (await list())));
  });

  test('every sort gives every course once, page by page', async () => {
    for (const sort of [
      '-createdAt',
      'createdAt',
      '-publishedAt',
      'publishedAt',
      'title',
      '-title',
      '-rating',
      '-enrollmentCount',
    ]) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const next: string = cursor === null ? '' : `&cursor=${cursor}`;
        const answer = await server.get(`/courses?limit=2&sort=${sort}${next}`);
        assert.equal(answer.status, 200, `${sort} ${answer.text}`);
        seen.push(...answer.body.items.map(({ id }: Body) => id));
        cursor = answer.body.nextCursor;
      } while (cursor !== null);
      assert.equal(seen.length, shelf.length, sort);
      assert.equal(new Set(seen).size, shelf.length, sort);
    }
    assert.equal((await titles('&sort=title'))[0], astronomy);
    const other = (await server.get('/courses?limit=2')).body.nextCursor;
    assert.equal(
      (await server.get(`/courses?limit=2&category=Food&cursor=${other}`)).body.code,
      'cursor_mismatch',
    );
  });

  test('relevance pages too, and what stands in the title comes first', async () => {
    assert.deepEqual(await found('planets'), [planets, astronomy]);
    const first = await server.get('/courses?q=planets&limit=1');
    const second = await server.get(`/courses?q=planets&limit=1&cursor=${first.body.nextCursor}`);
    assert.deepEqual(
      [...first.body.items, ...second.body.items].map(({ title }: Body) => title),
      [planets, astronomy],
    );
    assert.equal(second.body.nextCursor, null);
  });

  test('words are found by their beginning, by a part, and in other forms of the language', async () => {
    assert.deepEqual(await found('astro'), [astronomy]);
    assert.deepEqual(await found('ASTRONOMY Begin'), [astronomy]);
    assert.deepEqual(await found('nomy'), [astronomy], 'a part');
    assert.deepEqual(await found('planet star'), [astronomy], 'all must be found');
    assert.deepEqual(await found('the histories'), [planets], 'another form');
    assert.deepEqual(await found('Baum'), [bread], 'another form, in German');
    assert.deepEqual(await found('oiseau'), [birds]);
    assert.deepEqual(await found('forets'), [birds], 'in Irish, a form of "for"');
    assert.deepEqual(await found('zebra'), []);
  });

  test('case, accents and vowel points do not matter', async () => {
    assert.deepEqual(await found('foret'), [birds]);
    assert.deepEqual(await found('GRÖSSE'), [bread]);
    assert.deepEqual(await found('grosse'), [bread]);
    assert.deepEqual(await found('مقدمة'), [programming]);
    assert.deepEqual(await found('مُقَدِّمَة'), [programming]);
    assert.deepEqual(await found('برمجة'), [programming], 'without the article, which is a part of the word');
  });

  test('scripts without spaces are searched by any run of their letters', async () => {
    for (const q of ['茶道', '日本の茶', '茶', '道', 'はじめて', '抹茶', '日本 茶道'])
      assert.deepEqual(await found(q), [tea], q);
    assert.deepEqual(await found('道茶'), []);
    assert.deepEqual(await found('日本茶道'), [], 'not in this order');
  });

  test('search and filters hold together, and unlisted courses are not found', async () => {
    assert.deepEqual(await found('planets', '&level=beginner'), [astronomy]);
    assert.deepEqual(await found('unlisted'), []);
    assert.deepEqual(await found('draft'), []);
    const { facets } = await list('&q=planets&include=facets');
    assert.deepEqual(facets.category, [{ value: 'Science', count: 2 }]);
  });

  test('renaming a course changes what it is found by', async () => {
    const { course } = await makePublishedCourse(server, people.instructor, { title: 'Quicksand', texts: 1 });
    const patch = (body: object) => server.patch(`/courses/${course.id}`, body, people.instructor.token);
    assert.deepEqual(await found('quicks'), ['Quicksand']);
    await patch({ title: 'Marshland' });
    assert.deepEqual(await found('quicks'), []);
    await patch({ description: 'About [reeds](https://example.com/hidden).' });
    assert.deepEqual(await found('reed marsh'), ['Marshland']);
    assert.deepEqual(await found('hidden'), [], 'addresses are no words');
    await server.delete(`/courses/${course.id}`, people.instructor.token);
  });

  test('no text of a reader breaks the search', async () => {
    const nasty = [
      "'",
      '"',
      '(',
      ')',
      ':*',
      '\\',
      '%',
      '_',
      '&',
      '|',
      '!',
      '<->',
      "a'b",
      "'a':*",
      'a & | b',
      '\\%',
      '!!!',
      '🚀',
      '-- x',
      '$1',
      '(((',
      'a:b',
      '%00',
      ' ',
      '*',
    ];
    for (const q of nasty) assert.ok(Array.isArray(await found(q)), q);
    assert.deepEqual(await found('%'), []);
    assert.deepEqual(await found('🚀'), []);
    const text = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.array(fc.constantFrom(...nasty, 'planet', '茶'), { maxLength: 12 }).map((all) => all.join('')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (q) => {
        const answer = await server.get(
          `/courses?include=total,facets&q=${encodeURIComponent(q.replaceAll('\0', ''))}`,
        );
        assert.equal(answer.status, 200, `${q} ${answer.text}`);
      }),
      { numRuns: 60 },
    );
    assert.equal((await server.get(`/courses?q=${'a '.repeat(101)}`)).status, 400);
    assert.equal((await server.get(`/courses?q=${encodeURIComponent('茶'.repeat(200))}`)).status, 200);
  });

  test('a list of many takes as many statements as a list of one', async () => {
    const count = async (query: string) => {
      server.takeStatements();
      const { items } = await list(query, people.student.token);
      return [items.length, server.takeStatements().length];
    };
    const [one, statements] = await count('&category=Computing&include=total,facets');
    assert.equal(one, 1);
    assert.deepEqual(await count('&include=total,facets'), [shelf.length, statements]);
    assert.deepEqual(await count(''), [shelf.length, 2], 'the sign-in and the list');
  });

  test('searching ten thousand courses uses the indexes', async () => {
    const { db } = server.open.deps;
    await db.executeQuery(
      CompiledQuery.raw(`
        insert into course (id, slug, title, summary, description, language, visibility, self_enrollment,
                            published_at, search_text, search_vector, created_at, updated_at)
        select gen_random_uuid(), 'many-' || n, words, '', repeat('x', 1000), 'en', 'listed', 'open', now(), words,
               to_tsvector('simple', words), now(), now()
        from (select n, (select string_agg(substr(md5(n || '-' || i), 1, 6), ' ') from generate_series(1, 5) as i) as words
              from generate_series(1, 10000) as n) as many`),
    );
    await db.executeQuery(
      CompiledQuery.raw('insert into course_statistics select id from course on conflict do nothing'),
    );
    await server.ownerDb.executeQuery(CompiledQuery.raw('analyze course'));
    for (const q of ['astro', '茶道', '日本の茶', 'planet star', 'البرمجة']) {
      assert.equal((await found(q)).length, 1, q);
      const plan = await planOfSearch(db, q);
      assert.match(plan, /Bitmap Index Scan on course_search/, plan);
      assert.doesNotMatch(plan, /Seq Scan on course\b/, plan);
    }
  });
});

/** How PostgreSQL runs the list's statement for these words. */
async function planOfSearch(db: Db, q: string): Promise<string> {
  let statement: RootOperationNode | undefined;
  const watched = db.withPlugin({
    transformQuery: ({ node }) => (statement = node),
    transformResult: async ({ result }) => result,
  });
  await listCourses(watched, { scope: 'catalogue', viewerId: null, q }, { limit: 20, sort: 'relevance' });
  assert.ok(statement);
  const { sql, parameters } = db.getExecutor().compileQuery(statement, createQueryId());
  const { rows } = await db.executeQuery<{ 'QUERY PLAN': string }>(
    CompiledQuery.raw(`explain ${sql}`, [...parameters]),
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
