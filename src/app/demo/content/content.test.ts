import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { demoAcademy } from './academy.ts';
import { lessonsOf, questionsOf } from './stages.ts';
import type { DemoCourse, DemoLesson } from './types.ts';

const { courses, people, enrollments } = demoAcademy;
const allLessons = courses.flatMap(lessonsOf);
const questions = allLessons.flatMap(questionsOf);

function countWords(text: string, language: string): number {
  const segmenter = new Intl.Segmenter(language, { granularity: 'word' });
  return [...segmenter.segment(text)].filter((segment) => segment.isWordLike).length;
}

function assertUnique(values: string[]): void {
  assert.deepEqual(
    values.filter((value, index) => values.indexOf(value) !== index),
    [],
  );
}

function isReady(lesson: DemoLesson): boolean {
  if (lesson.type === 'text') return Boolean(lesson.content);
  if (lesson.type === 'video') return Boolean(lesson.videoUrl) && (lesson.durationSeconds ?? 0) > 0;
  return questionsOf(lesson).length > 0;
}

/** All strings in a value, with the path that leads to each. */
function* strings(value: unknown, path: string): Generator<[path: string, text: string]> {
  if (typeof value === 'string') yield [path, value];
  else if (Array.isArray(value))
    for (const [i, item] of value.entries()) yield* strings(item, `${path}.${i}`);
  else if (value && typeof value === 'object')
    for (const [key, item] of Object.entries(value)) yield* strings(item, `${path}.${key}`);
}

suite("the demo academy's people", () => {
  test('are one admin, three instructors and forty students, the advertised accounts first of each', () => {
    const byRole = (role: string) =>
      people.filter((person) => person.role === role).map((person) => person.email);
    assert.deepEqual(byRole('admin'), ['admin@example.com']);
    assert.equal(byRole('instructor').length, 3);
    assert.equal(byRole('instructor')[0], 'instructor@example.com');
    assert.equal(byRole('student').length, 40);
    assert.equal(byRole('student')[0], 'student@example.com');
  });

  test('have unique addresses in domains reserved for examples, real time zones and proper language tags', () => {
    assertUnique(people.map((person) => person.email));
    for (const person of people) {
      assert.match(person.email, /^[a-z.]+@example\.(com|org)$/);
      assert.deepEqual(Intl.getCanonicalLocales(person.locale), [person.locale]);
      assert.doesNotThrow(
        () => new Intl.DateTimeFormat('en', { timeZone: person.timeZone }),
        person.timeZone,
      );
      assert.equal(person.name, person.name.normalize('NFC').trim());
    }
  });

  test('bear names in the scripts and lengths that a certificate must render', () => {
    const names = people.filter((person) => person.role === 'student').map((person) => person.name);
    for (const script of ['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Han', 'Hangul', 'Devanagari']) {
      const pattern = new RegExp(`\\p{Script=${script}}`, 'u');
      assert.ok(
        names.some((name) => pattern.test(name)),
        script,
      );
    }
    assert.ok(names.some((name) => name.length > 90));
    assert.ok(names.some((name) => /^\p{L}+$/u.test(name) && /\p{Script=Latin}/u.test(name)));
  });
});

suite("the demo academy's courses", () => {
  test('have unique keys, and instructors who exist', () => {
    assertUnique(courses.map((course) => course.key));
    const instructors = new Set(
      people.filter((person) => person.role === 'instructor').map((person) => person.email),
    );
    for (const course of courses) {
      assertUnique(lessonsOf(course).map((lesson) => lesson.key));
      const staff = [course.owner, ...(course.coInstructors ?? [])];
      assertUnique(staff);
      for (const email of staff) assert.ok(instructors.has(email), `${course.key}: ${email}`);
    }
    assertUnique(questions.flatMap((question) => question.key ?? []));
  });

  test('are ten in six languages: one draft, one archived, one unlisted, one closed, the rest open to all', () => {
    const keys = (matches: (course: DemoCourse) => boolean) =>
      courses.filter(matches).map((course) => course.key);
    assert.equal(courses.length, 10);
    assert.deepEqual(
      new Set(courses.map((course) => course.body.language)),
      new Set(['en', 'de', 'ar', 'ja', 'es', 'fr']),
    );
    assert.deepEqual(
      keys((course) => course.status === 'draft'),
      ['beekeeping'],
    );
    assert.deepEqual(
      keys((course) => course.status === 'archived'),
      ['web-pages'],
    );
    assert.deepEqual(
      keys((course) => course.body.visibility === 'unlisted'),
      ['data-privacy'],
    );
    assert.deepEqual(
      keys((course) => course.body.selfEnrollment === 'closed'),
      ['solfege'],
    );
    assert.ok(new Set(courses.map((course) => course.body.category)).size >= 6);
    assert.equal(new Set(courses.map((course) => course.body.level)).size, 3);
  });

  for (const course of courses) {
    test(`${course.key} has a description, sections, lessons and a preview in the agreed measure`, () => {
      const words = countWords(course.body.description, course.body.language);
      assert.ok(words >= 60 && words <= 150, `description of ${words} words`);
      assert.ok(course.sections.length >= 2 && course.sections.length <= 4);
      const lessons = lessonsOf(course);
      assert.ok(lessons.length >= 5 && lessons.length <= 10);
      assert.ok(lessons.some((lesson) => lesson.isPreview));
      for (const section of course.sections) assert.ok(section.lessons.length > 0, section.title);
    });

    test(`${course.key} ${course.status === 'draft' ? 'is refused by' : 'is ready for'} publication`, () => {
      const unready = lessonsOf(course).filter((lesson) => !isReady(lesson));
      if (course.status === 'draft')
        assert.deepEqual(new Set(unready.map((lesson) => lesson.type)), new Set(['text', 'video', 'quiz']));
      else assert.deepEqual(unready, []);
    });
  }

  test('were created, published and archived in this order, by somebody who had already joined', () => {
    for (const course of courses) {
      const published = course.publishedDaysAgo ?? 0;
      assert.equal(course.status === 'draft', course.publishedDaysAgo === undefined, course.key);
      assert.equal(course.status === 'archived', course.archivedDaysAgo !== undefined, course.key);
      assert.ok(course.createdDaysAgo > published && published >= (course.archivedDaysAgo ?? 0), course.key);
      const owner = people.find((person) => person.email === course.owner);
      assert.ok(owner && owner.joinedDaysAgo >= course.createdDaysAgo, course.key);
    }
  });
});

suite("the demo academy's lessons", () => {
  const published = courses.filter((course) => course.status !== 'draft');

  test('teach: every text has 150 to 400 words, headings, and more than paragraphs', () => {
    for (const course of published) {
      for (const lesson of lessonsOf(course)) {
        if (lesson.type !== 'text') continue;
        const words = countWords(lesson.content ?? '', course.body.language);
        assert.ok(words >= 150 && words <= 400, `${course.key}/${lesson.key}: ${words} words`);
        assert.ok(
          (lesson.content?.match(/^## \S/gm) ?? []).length >= 2,
          `${course.key}/${lesson.key}: headings`,
        );
        // The title is shown above the text already.
        assert.doesNotMatch(lesson.content ?? '', /^#/, `${course.key}/${lesson.key}`);
        assert.match(lesson.content ?? '', /^(\||- |1\. |- \*\*)/m, `${course.key}/${lesson.key}`);
      }
    }
  });

  test("are written in the script of their course's language", () => {
    const scripts: Record<string, RegExp> = {
      ar: /\p{Script=Arabic}/u,
      ja: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u,
    };
    for (const course of courses) {
      const letters = [...strings(course.sections, course.key)]
        .filter(([path]) => /\.(title|content|prompt|explanation)$/.test(path))
        .flatMap(([, text]) => text.match(/\p{L}/gu) ?? []);
      const own = letters.filter((letter) =>
        (scripts[course.body.language] ?? /\p{Script=Latin}/u).test(letter),
      );
      assert.ok(own.length / letters.length > 0.95, course.key);
    }
  });

  test('include an optional one, and videos whose addresses lead nowhere real', () => {
    assert.ok(published.flatMap(lessonsOf).some((lesson) => lesson.isRequired === false));
    for (const lesson of allLessons) {
      if (lesson.type !== 'video' || lesson.videoUrl === undefined) continue;
      assert.equal(new URL(lesson.videoUrl).protocol, 'https:');
      assert.equal(new URL(lesson.videoUrl).hostname, 'media.example.com');
    }
  });

  test('repeat no text, and nothing is empty, padded or a placeholder', () => {
    const texts = [...strings(demoAcademy, 'academy')];
    for (const [path, text] of texts) {
      assert.equal(text, text.trim(), path);
      assert.notEqual(text, '', path);
      assert.doesNotMatch(text, /[Ll]orem ipsum|TODO|undefined|\$\{/, path);
    }
    assertUnique(texts.filter(([, text]) => text.length > 80).map(([, text]) => text));
    assert.ok(enrollments.length > 0);
  });
});

suite("the demo academy's institution", () => {
  test('names people who have joined by then, staff who do not learn in the course, and no instructor', () => {
    const { organisedDaysAgo, customRoles, groups, courseStaff, suspended, invited } =
      demoAcademy.institution;
    const joined = new Set(
      people
        .filter(({ role, joinedDaysAgo }) => role === 'student' && joinedDaysAgo > organisedDaysAgo)
        .map(({ email }) => email),
    );
    const named = [...customRoles, ...groups].flatMap(({ members }) => members);
    for (const email of [...named, ...[...courseStaff, ...suspended].map((each) => each.email)])
      assert.ok(joined.has(email), email);
    for (const { course, email } of courseStaff)
      assert.ok(!enrollments.some((each) => each.course === course && each.student === email), email);
    for (const { email, daysAgo } of suspended)
      for (const each of enrollments.filter(({ student }) => student === email))
        assert.ok(each.lastActiveDaysAgo > daysAgo, `${email} in ${each.course}`);
    assert.ok(invited.every(({ email }) => !people.some((each) => each.email === email)));
  });
});
