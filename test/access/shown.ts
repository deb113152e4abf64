import type { Body } from '#test/client.ts';
import type { Caller } from './callers.ts';
import { shownTable } from './shown-table.ts';
import { makeCourse, must, type World } from './world.ts';

const states = ['open', 'failed', 'passed'] as const;
type State = (typeof states)[number];
type Shown = 'nothing' | 'score' | 'answers';

/** One attempt of the student's, with what it is to tell them. */
export type ShownCell = { showResults: string; state: State; attemptId: string; toLearner: Shown };

/** Makes an attempt for each cell of the table. */
export async function makeShownCells(world: World): Promise<ShownCell[]> {
  const course = await makeCourse(world, { status: 'published' });
  const [, ...lines] = shownTable.trim().split('\n');
  const cells: ShownCell[] = [];
  for (const line of lines) {
    const [showResults = '', ...shown] = line.trim().split(/ {2,}/);
    const quizId = await makeQuiz(world, course.sectionId, showResults);
    for (const state of ['failed', 'passed', 'open'] as const) {
      const attemptId = await makeAttempt(world, quizId, state);
      cells.push({ showResults, state, attemptId, toLearner: shown[states.indexOf(state)] as Shown });
    }
  }
  return cells;
}

/** What the attempt tells this caller. Throws for one that tells answers without a score, or parts of either. */
export async function shownBy(
  world: World,
  attemptId: string,
  caller: Exclude<Caller, 'anonymous'>,
): Promise<Shown> {
  const attempt = await must(world, caller, 'GET', `/attempts/${attemptId}`);
  const questions = (attempt.questions ?? []) as Body[];
  const telling = ['points', 'isCorrect', 'correctResponse', 'explanation', 'feedback'];
  const told = questions.flatMap((question) => telling.filter((field) => Object.hasOwn(question, field)));
  const hasScore = attempt.score !== null || attempt.percent !== null || attempt.passed !== null;
  if (told.length > 0) return told.includes('correctResponse') ? 'answers' : 'score';
  return hasScore ? 'score' : 'nothing';
}

async function makeQuiz(world: World, sectionId: string, showResults: string): Promise<string> {
  const lesson = await must(world, 'owner', 'POST', `/sections/${sectionId}/lessons`, {
    title: showResults,
    type: 'quiz',
  });
  const settings = { passingPercent: 100, showResults };
  const { id } = await must(world, 'owner', 'PUT', `/lessons/${lesson.id}/quiz`, settings);
  const question = {
    type: 'trueFalse',
    prompt: 'Bees sleep.',
    points: 1,
    answer: true,
    explanation: 'They do.',
  };
  await must(world, 'owner', 'POST', `/quizzes/${id}/questions`, question);
  return id;
}

async function makeAttempt(world: World, quizId: string, state: State): Promise<string> {
  const { id, questions } = await must(world, 'student', 'POST', `/quizzes/${quizId}/attempts`);
  const answers = [{ questionId: questions[0].id, response: state === 'passed' }];
  if (state !== 'open') await must(world, 'student', 'POST', `/attempts/${id}/submission`, { answers });
  return id;
}
