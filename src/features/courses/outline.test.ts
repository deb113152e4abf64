import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  addQuizLesson,
  addSection,
  addTextLesson,
  addVideoLesson,
  makeCourse,
  makePublishedCourse,
} from '#test/courses.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

type Section = { id: string; lessons: { id: string }[] };

suite('outline', () => {
  let server: TestServer;
  let people: People;
  let token: string;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
    token = people.instructor.token;
  });
  after(() => server.stop());

  const build = async () => {
    const course = await makeCourse(server, people.instructor);
    const a = await addSection(server, people.instructor, course.id, 'A');
    const b = await addSection(server, people.instructor, course.id, 'B');
    const lessons = [];
    for (const section of [a, a, b]) lessons.push(await addTextLesson(server, people.instructor, section.id));
    return { course, a, b, lessons };
  };
  const idsOf = (body: { sections: Section[] }) =>
    body.sections.map(({ id, lessons }) => [id, lessons.map((lesson) => lesson.id)]);
  const get = (courseId: string, as: string | undefined = token) =>
    server.get(`/courses/${courseId}/outline`, as);
  const put = (courseId: string, sections: unknown, as = token, headers = {}) =>
    server.put(`/courses/${courseId}/outline`, { sections }, as, headers);

  test('new sections and lessons go to the end', async () => {
    const { course, a, b, lessons } = await build();
    const [one, two, three] = lessons.map(({ id }) => id);
    assert.deepEqual(idsOf((await get(course.id)).body), [
      [a.id, [one, two]],
      [b.id, [three]],
    ]);
  });

  test('strangers and learners see what is ready and no content; authors see all', async () => {
    const { course, section, lessons } = await makePublishedCourse(server, people.instructor, { texts: 1 });
    const quiz = await addQuizLesson(server, people.instructor, section.id);
    const planned = await addSection(server, people.instructor, course.id, 'Not to be told yet');
    await addTextLesson(server, people.instructor, planned.id, { content: '' });
    const seen = await server.get(`/courses/${course.id}/outline`);
    assert.deepEqual(idsOf(seen.body), [[section.id, [lessons[0].id]]]);
    assert.ok(!seen.text.includes('Read **this**'));
    assert.deepEqual(idsOf((await get(course.id, people.student.token)).body), [
      [section.id, [lessons[0].id]],
    ]);
    const all = await get(course.id);
    assert.deepEqual(all.body.sections[0].lessons[1], {
      id: quiz.id,
      title: 'A quiz',
      type: 'quiz',
      durationSeconds: null,
      isPreview: false,
      isRequired: true,
      isReady: false,
      completion: { rule: 'passed' },
    });
  });

  test('sections and lessons are ordered and moved in one go', async () => {
    const { course, a, b, lessons } = await build();
    const [one, two, three] = lessons.map(({ id }) => id);
    const order = [
      { id: b.id, lessonIds: [two, three] },
      { id: a.id, lessonIds: [one] },
    ];
    const answer = await put(course.id, order);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(idsOf(answer.body), [
      [b.id, [two, three]],
      [a.id, [one]],
    ]);
    assert.deepEqual((await get(course.id)).body, answer.body);
    const added = await addTextLesson(server, people.instructor, b.id);
    assert.deepEqual(idsOf((await get(course.id)).body)[0], [b.id, [two, three, added.id]]);
    assert.equal((await server.get(`/lessons/${two}`, token)).body.sectionId, b.id);
  });

  test('who leaves out, repeats or adds anything has an outline that changed', async () => {
    const { course, a, b, lessons } = await build();
    const [one, two, three] = lessons.map(({ id }) => id);
    const { section: foreign, lessons: foreignLessons } = await makePublishedCourse(
      server,
      people.otherInstructor,
    );
    const wrong = [
      [],
      [{ id: a.id, lessonIds: [one, two, three] }],
      [
        { id: a.id, lessonIds: [one, two] },
        { id: b.id, lessonIds: [] },
      ],
      [
        { id: a.id, lessonIds: [one, two, one] },
        { id: b.id, lessonIds: [] },
      ],
      [
        { id: a.id, lessonIds: [one, two] },
        { id: a.id, lessonIds: [three] },
      ],
      [
        { id: a.id, lessonIds: [one, two] },
        { id: foreign.id, lessonIds: [three] },
      ],
      [
        { id: a.id, lessonIds: [one, two] },
        { id: b.id, lessonIds: [foreignLessons[0].id] },
      ],
    ];
    for (const sections of wrong) {
      const answer = await put(course.id, sections);
      assert.equal(answer.status, 409, JSON.stringify(sections));
      assert.equal(answer.body.code, 'outline_changed');
    }
    assert.equal((await put(course.id, [{ id: 'x', lessonIds: [] }])).status, 400);
    assert.equal((await put(course.id, [{ id: a.id, lessonIds: [`urn:uuid:${one}`] }])).status, 400);
    assert.deepEqual(idsOf((await get(course.id)).body)[0], [a.id, [one, two]]);
  });

  test('it is for the staff who may edit', async () => {
    const { course } = await makePublishedCourse(server, people.instructor);
    assert.equal((await server.put(`/courses/${course.id}/outline`, { sections: [] })).status, 401);
    assert.equal((await put(course.id, [], people.student.token)).status, 403);
    assert.equal((await server.post(`/courses/${course.id}/sections`, { title: 'S' })).status, 401);
    assert.equal(
      (await server.post(`/courses/${course.id}/sections`, { title: 'S' }, people.otherInstructor.token))
        .status,
      403,
    );
    const draft = await makeCourse(server, people.instructor);
    assert.equal((await put(draft.id, [], people.student.token)).status, 404);
    assert.equal(
      (await server.post(`/courses/${draft.id}/sections`, { title: 'S' }, people.student.token)).status,
      404,
    );
  });

  test('its version moves with every change of sections and lessons, and refuses who has not seen them', async () => {
    const { course, a, b, lessons } = await build();
    const whole = [
      { id: a.id, lessonIds: [lessons[0].id, lessons[1].id] },
      { id: b.id, lessonIds: [lessons[2].id] },
    ];
    let etag = (await get(course.id)).headers.get('etag') ?? '';
    const changes = [
      () => server.patch(`/sections/${a.id}`, { title: 'Renamed' }, token),
      () => server.patch(`/lessons/${lessons[0].id}`, { title: 'Renamed' }, token),
      () => put(course.id, whole),
      () => server.post(`/courses/${course.id}/sections`, { title: 'C' }, token),
    ];
    for (const change of changes) {
      assert.ok((await change()).status < 300);
      assert.equal((await put(course.id, whole, token, { 'if-match': etag })).status, 412);
      etag = (await get(course.id)).headers.get('etag') ?? '';
    }
    await server.patch(`/lessons/${lessons[0].id}`, { content: 'Only the text' }, token);
    assert.equal((await get(course.id)).headers.get('etag'), etag, 'content is not in the outline');
    const course1 = await server.get(`/courses/${course.id}`, token);
    assert.match(course1.headers.get('etag') ?? '', /^"1-/, 'the course itself did not change');
  });

  test('two orders at the same time leave one of them whole', async () => {
    const { course, a, b, lessons } = await build();
    const [one, two, three] = lessons.map(({ id }) => id);
    const orders = [
      [
        { id: a.id, lessonIds: [one, two, three] },
        { id: b.id, lessonIds: [] },
      ],
      [
        { id: b.id, lessonIds: [three, two, one] },
        { id: a.id, lessonIds: [] },
      ],
    ];
    const answers = await Promise.all(orders.map((order) => put(course.id, order)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    );
    const found = JSON.stringify(idsOf((await get(course.id)).body));
    assert.ok(
      orders
        .map((order) => JSON.stringify(order.map(({ id, lessonIds }) => [id, lessonIds])))
        .includes(found),
      found,
    );

    const etag = (await get(course.id)).headers.get('etag') ?? '';
    const raced = await Promise.all(
      orders.map((order) => put(course.id, order, token, { 'if-match': etag })),
    );
    assert.deepEqual(raced.map(({ status }) => status).toSorted(), [200, 412]);
  });

  test('a lesson that comes in between is not lost to an order that does not name it', async () => {
    const { course, a, b, lessons } = await build();
    const order = [
      { id: b.id, lessonIds: [lessons[2].id] },
      { id: a.id, lessonIds: [lessons[0].id, lessons[1].id] },
    ];
    const [added, arranged] = await Promise.all([
      addTextLesson(server, people.instructor, a.id),
      put(course.id, order),
    ]);
    assert.ok([200, 409].includes(arranged.status));
    assert.ok(JSON.stringify((await get(course.id)).body).includes(added.id));
  });

  test('a section is renamed, and deleted once it is empty', async () => {
    const { course, a, b, lessons } = await build();
    const renamed = await server.patch(`/sections/${b.id}`, { title: ' Second ' }, token);
    assert.equal(renamed.body.title, 'Second');
    assert.equal((await server.patch(`/sections/${b.id}`, { title: '' }, token)).status, 400);
    assert.equal(
      (await server.patch(`/sections/${b.id}`, { courseId: course.id }, token)).body.code,
      'unknown_field',
    );
    const stale = { 'if-match': '"99-x"' };
    assert.equal((await server.patch(`/sections/${b.id}`, { title: 'X' }, token, stale)).status, 412);
    assert.equal((await server.delete(`/sections/${b.id}`, token)).body.code, 'section_not_empty');
    await server.delete(`/lessons/${lessons[2].id}`, token);
    assert.equal((await server.delete(`/sections/${b.id}`, people.student.token)).status, 404);
    assert.equal((await server.delete(`/sections/${b.id}`, token)).status, 204);
    assert.equal((await server.delete(`/sections/${b.id}`, token)).status, 404);
    assert.equal(
      (await server.post(`/sections/${b.id}/lessons`, { title: 'L', type: 'text' }, token)).status,
      404,
    );
    assert.deepEqual(
      idsOf((await get(course.id)).body).map(([id]) => id),
      [a.id],
    );
  });

  test('of deleting a section and adding a lesson to it at the same time, one is refused', async () => {
    const course = await makeCourse(server, people.instructor);
    const section = await addSection(server, people.instructor, course.id);
    const answers = await Promise.all([
      server.delete(`/sections/${section.id}`, token),
      server.post(`/sections/${section.id}/lessons`, { title: 'L', type: 'text' }, token),
    ]);
    const statuses = answers.map(({ status }) => status);
    assert.ok(
      [
        [204, 404],
        [409, 201],
      ].some((pair) => pair.join() === statuses.join()),
      statuses.join(),
    );
  });

  test('reading it takes as many statements for many lessons as for one', async () => {
    const { course, section } = await makePublishedCourse(server, people.instructor, { texts: 1 });
    const count = async () => {
      server.takeStatements();
      await get(course.id, people.student.token);
      return server.takeStatements().length;
    };
    const few = await count();
    for (let i = 0; i < 20; i++) await addVideoLesson(server, people.instructor, section.id);
    assert.equal(await count(), few);
    assert.ok(few <= 3);
  });
});
