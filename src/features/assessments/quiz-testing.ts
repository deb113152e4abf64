import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Body, Json, Person } from '#test/client.ts';
import { addQuizLesson, addSection, makeCourse, publish } from '#test/courses.ts';
import type { TestServer } from '#test/server.ts';

/** One of each type. Every right answer and explanation has a text or number that stands nowhere else. */
export const questionOfType = {
  single: {
    type: 'single',
    prompt: 'Which *one*?',
    points: 1,
    explanation: 'SECRET-single',
    options: [
      { text: 'The right one', isCorrect: true },
      { text: 'A wrong one', isCorrect: false },
      { text: 'Another wrong one', isCorrect: false },
    ],
  },
  multiple: {
    type: 'multiple',
    prompt: 'Which ones?',
    points: 3,
    scoring: 'partial',
    explanation: 'SECRET-multiple',
    options: [
      { text: 'Right A', isCorrect: true },
      { text: 'Right B', isCorrect: true },
      { text: 'Right C', isCorrect: true },
      { text: 'Wrong D', isCorrect: false },
    ],
  },
  trueFalse: {
    type: 'trueFalse',
    prompt: 'Is it so?',
    points: 1,
    explanation: 'SECRET-trueFalse',
    answer: true,
  },
  shortText: {
    type: 'shortText',
    prompt: 'What is it called?',
    points: 1,
    explanation: 'SECRET-shortText',
    answers: ['SECRET-answer', 'SECRET-alternative'],
  },
  numeric: {
    type: 'numeric',
    prompt: 'How many?',
    points: 1,
    explanation: 'SECRET-numeric',
    answer: 31_415_926,
    tolerance: 27_182_818,
  },
  essay: { type: 'essay', prompt: 'Why?', points: 2, explanation: 'SECRET-essay' },
} as const satisfies Record<string, Json>;

/** What of a question with all its answers may be written somewhere before `showResults` allows it: nothing. */
export const secrets = ['SECRET-', '31415926', '27182818', 'isCorrect', 'correctResponse'];

export type MadeQuiz = {
  courseId: string;
  sectionId: string;
  lessonId: string;
  quizId: string;
  questions: Body[];
};

/** A published course of one quiz, made over HTTP. `settings` replace a few lenient ones. */
export async function makeQuiz(
  server: TestServer,
  instructor: Person,
  { settings = {}, questions = [questionOfType.single], isPublished = true }: QuizShape = {},
): Promise<MadeQuiz> {
  const course = await makeCourse(server, instructor);
  const section = await addSection(server, instructor, course.id);
  const lesson = await addQuizLesson(server, instructor, section.id);
  const body = { passingPercent: 60, showResults: 'afterSubmission', ...settings };
  const quiz = await server.put(`/lessons/${lesson.id}/quiz`, body, instructor.token);
  assert.equal(quiz.status, 200, quiz.text);
  const made: Body[] = [];
  for (const question of questions) {
    const answer = await server.post(`/quizzes/${quiz.body.id}/questions`, question, instructor.token);
    assert.equal(answer.status, 201, answer.text);
    made.push(answer.body);
  }
  if (isPublished) await publish(server, instructor, course.id);
  return {
    courseId: course.id,
    sectionId: section.id,
    lessonId: lesson.id,
    quizId: quiz.body.id,
    questions: made,
  };
}

export type QuizShape = { settings?: Json; questions?: readonly Json[]; isPublished?: boolean };

/** Enrolls the person; answers the enrollment. */
export async function enroll(server: TestServer, person: Person, courseId: string): Promise<Body> {
  const answer = await server.post(`/courses/${courseId}/enrollments`, {}, person.token);
  assert.ok(answer.status < 300, answer.text);
  return answer.body;
}

/** A quiz, and the student in it. */
export async function makeTakenQuiz(
  server: TestServer,
  { instructor, student }: { instructor: Person; student: Person },
  shape: QuizShape = {},
): Promise<MadeQuiz & { enrollmentId: string }> {
  const quiz = await makeQuiz(server, instructor, shape);
  return { ...quiz, enrollmentId: (await enroll(server, student, quiz.courseId)).id };
}

/** Starts, or goes on with, an attempt. */
export async function start(server: TestServer, person: Person, quizId: string): Promise<Body> {
  const answer = await server.post(`/quizzes/${quizId}/attempts`, undefined, person.token);
  assert.ok(answer.status < 300, answer.text);
  return answer.body;
}

/** Answers that are right, or wrong, for the questions of an attempt, which is as the learner sees it. */
export function answersTo(attempt: Body, isRight = true): { questionId: string; response: unknown }[] {
  return attempt.questions.map((question: Body) => ({
    questionId: question.id,
    response: responseTo(question, isRight),
  }));
}

function responseTo(question: Body, isRight: boolean): unknown {
  const idsOf = (start: string) =>
    question.options.filter(({ text }: Body) => text.includes(start)).map(({ id }: Body) => id);
  switch (question.type) {
    case 'single':
      return idsOf(isRight ? 'The right' : 'A wrong')[0];
    case 'multiple':
      return isRight ? idsOf('Right') : idsOf('Wrong');
    case 'trueFalse':
      return isRight;
    case 'shortText':
      return isRight ? 'secret-ANSWER ' : 'something else';
    case 'numeric':
      return isRight ? 31_415_900 : -1;
    default:
      return 'Because.';
  }
}

export async function submit(
  server: TestServer,
  person: Person,
  attempt: Body,
  isRight = true,
): Promise<Body> {
  const body = { answers: answersTo(attempt, isRight) };
  const answer = await server.post(`/attempts/${attempt.id}/submission`, body, person.token);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

/** Types of the facts about an attempt, oldest first. */
export async function eventsOfAttempt(server: TestServer, attemptId: string): Promise<string[]> {
  const rows = await server.open.deps.db
    .selectFrom('event')
    .select('type')
    .where(sql`data->>'attemptId'`, '=', attemptId)
    .orderBy('sequence')
    .execute();
  return rows.map(({ type }) => type);
}

export async function countEvents(server: TestServer, type: string, enrollmentId: string): Promise<number> {
  const { count } = await server.open.deps.db
    .selectFrom('event')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('type', '=', type)
    .where(sql`data->>'enrollmentId'`, '=', enrollmentId)
    .executeTakeFirstOrThrow();
  return count;
}
