import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { demoAcademy } from './academy.ts';
import { lessonsDone, lessonsOf, questionsOf } from './stages.ts';
import type { DemoCourse, DemoEnrollment, DemoLesson } from './types.ts';

const { courses, people, enrollments } = demoAcademy;
const nameOf = (row: DemoEnrollment) => `${row.student} in ${row.course}`;
const countOf = (stage: DemoEnrollment['stage']) => enrollments.filter((row) => row.stage === stage).length;

function courseOf(row: DemoEnrollment): DemoCourse {
  const course = courses.find((candidate) => candidate.key === row.course);
  assert.ok(course, nameOf(row));
  return course;
}

/** The quizzes that the enrollment hands in successfully; the one that waits for its grader is the last. */
function quizzesPassed(row: DemoEnrollment): DemoLesson[] {
  const lessons = [...lessonsDone(courseOf(row), row)];
  if (row.stage === 'awaitingGrading')
    lessons.push(...lessonsOf(courseOf(row)).filter((it) => it.key === row.quiz));
  return lessons.filter((lesson) => lesson.type === 'quiz');
}

/** Points reached when the enrollment's mistakes and grades are applied; an ungraded essay counts nothing. */
function percentOf(row: DemoEnrollment, lesson: DemoLesson): number {
  const questions = questionsOf(lesson);
  const automatic = questions.filter((question) => question.type !== 'essay');
  const right = automatic.slice(0, automatic.length - (row.mistakes ?? 0));
  const grades = questions.map(
    (question) => row.essays?.find((essay) => essay.question === question.key)?.grade?.points,
  );
  const sum = (numbers: number[]) => numbers.reduce((total, points) => total + points, 0);
  const reached = sum(right.map((question) => question.points)) + sum(grades.map((points) => points ?? 0));
  return (100 * reached) / sum(questions.map((question) => question.points));
}

const fold = (text: string, isCaseFolded: boolean, areAccentsFolded: boolean): string => {
  const unaccented = areAccentsFolded ? text.normalize('NFD').replaceAll(/\p{M}/gu, '') : text;
  return isCaseFolded ? unaccented.toLowerCase() : unaccented;
};

suite("the demo academy's enrollments", () => {
  test('are of students who exist, once a course, never in a draft, and after both had come into being', () => {
    const seen = new Set<string>();
    for (const row of enrollments) {
      assert.ok(!seen.has(nameOf(row)), nameOf(row));
      seen.add(nameOf(row));
      const student = people.find((person) => person.email === row.student);
      assert.equal(student?.role, 'student', nameOf(row));
      const course = courseOf(row);
      assert.notEqual(course.status, 'draft');
      assert.ok(student && student.joinedDaysAgo >= row.enrolledDaysAgo, `${nameOf(row)}: before joining`);
      assert.ok((course.publishedDaysAgo ?? 0) >= row.enrolledDaysAgo, `${nameOf(row)}: before publication`);
      assert.ok(row.enrolledDaysAgo >= (course.archivedDaysAgo ?? 0), `${nameOf(row)}: after archiving`);
      assert.ok(row.enrolledDaysAgo >= row.lastActiveDaysAgo && row.lastActiveDaysAgo >= 0, nameOf(row));
    }
  });

  test('give every student one', () => {
    const enrolled = new Set(enrollments.map((row) => row.student));
    const idle = people.filter((person) => person.role === 'student' && !enrolled.has(person.email));
    assert.deepEqual(
      idle.map((person) => person.email),
      [],
    );
  });

  test('fill every list: certificates, reviews, grading queue, withdrawals, failed quizzes', () => {
    assert.ok(countOf('completed') >= 15, `${countOf('completed')} completed`);
    assert.ok(countOf('awaitingGrading') >= 2);
    assert.ok(countOf('withdrawn') >= 3);
    for (const stage of ['enrolled', 'started', 'halfway', 'quizFailed'] as const)
      assert.ok(countOf(stage) >= 4, stage);
    const written = enrollments.filter((row) => row.review?.text !== undefined);
    assert.ok(written.length >= 12, `${written.length} reviews`);
    assert.ok(new Set(written.map((row) => courseOf(row).body.language)).size >= 6);
    assert.ok(new Set(enrollments.map((row) => row.course)).size === courses.length - 1);
  });

  test('show student@example.com one completed course, one half way and one just begun', () => {
    const stages = enrollments.filter((row) => row.student === 'student@example.com').map((row) => row.stage);
    assert.deepEqual(stages.toSorted(), ['completed', 'halfway', 'started']);
  });

  test('reach only lessons that exist, and stop before the end unless completed', () => {
    for (const row of enrollments) {
      const lessons = lessonsOf(courseOf(row));
      const done = lessonsDone(courseOf(row), row);
      if (row.stage === 'started' || row.stage === 'withdrawn')
        assert.equal(done.length, row.lessons, nameOf(row));
      if (row.stage === 'started') assert.ok(row.lessons > 0, nameOf(row));
      const open = lessons.filter((lesson) => lesson.isRequired !== false && !done.includes(lesson));
      assert.equal(open.length === 0, row.stage === 'completed', nameOf(row));
    }
  });

  test('fail quizzes no more often than allowed', () => {
    for (const row of enrollments) {
      if (row.stage !== 'quizFailed') continue;
      const lesson = lessonsOf(courseOf(row)).find((candidate) => candidate.key === row.quiz);
      assert.ok(lesson?.type === 'quiz' && lesson.quiz, nameOf(row));
      assert.ok(row.attempts >= 1 && row.attempts <= (lesson.quiz.maxAttempts ?? Infinity), nameOf(row));
      assert.ok(
        lesson.quiz.questions.every((question) => question.type !== 'essay'),
        `${nameOf(row)}: needs a grader`,
      );
    }
  });

  test('pass every quiz they claim to have passed, with their mistakes and grades; no ungraded essay passes', () => {
    for (const row of enrollments) {
      for (const lesson of quizzesPassed(row)) {
        assert.ok(lesson.type === 'quiz' && lesson.quiz);
        const isWaiting = row.stage === 'awaitingGrading' && row.quiz === lesson.key;
        const percent = percentOf(row, lesson);
        assert.equal(
          percent >= lesson.quiz.passingPercent,
          !isWaiting,
          `${nameOf(row)}/${lesson.key}: ${percent} %`,
        );
      }
    }
  });

  test('hold an essay for each essay question handed in, graded except where it waits for the grader', () => {
    for (const row of enrollments) {
      const asked = quizzesPassed(row)
        .flatMap(questionsOf)
        .filter((question) => question.type === 'essay');
      const given = row.essays ?? [];
      assert.deepEqual(
        given.map((essay) => essay.question),
        asked.map((question) => question.key),
        nameOf(row),
      );
      for (const [i, essay] of given.entries()) {
        assert.ok(essay.text.length > 100, nameOf(row));
        assert.equal(essay.grade === undefined, row.stage === 'awaitingGrading', nameOf(row));
        assert.ok((essay.grade?.points ?? 0) <= (asked[i]?.points ?? 0), nameOf(row));
      }
    }
  });

  test('answer short texts with what the question accepts, otherwise spelt than the first answer', () => {
    for (const row of enrollments) {
      const asked = quizzesPassed(row).flatMap(questionsOf);
      for (const [key, text] of Object.entries(row.shortTexts ?? {})) {
        const question = asked.find((candidate) => candidate.key === key);
        assert.ok(question?.type === 'shortText', `${nameOf(row)}: ${key}`);
        const folded = (it: string) => fold(it, question.ignoreCase ?? true, question.ignoreAccents ?? false);
        assert.ok(
          question.answers.some((answer) => folded(answer) === folded(text)),
          `${nameOf(row)}: ${text}`,
        );
        assert.notEqual(text, question.answers[0], nameOf(row));
      }
    }
  });

  test('are reviewed only by those who came at least half way', () => {
    for (const row of enrollments.filter((it) => it.review)) {
      assert.ok(['completed', 'halfway', 'awaitingGrading'].includes(row.stage), nameOf(row));
    }
  });
});
