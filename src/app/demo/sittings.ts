import { gradeAttempt } from '#features/assessments/commands/grade-attempt.ts';
import { startAttempt } from '#features/assessments/commands/start-attempt.ts';
import { submitAttempt } from '#features/assessments/commands/submit-attempt.ts';
import type { SnapshotQuestion } from '#features/assessments/snapshot.ts';
import { answersOf, missedWhenFailing, missedWhenPassing } from './answers.ts';
import type { DemoLesson, DemoQuestion, DemoQuiz } from './content/types.ts';
import { fractionOf, secondsBefore, type Step } from './timeline.ts';
import { actorOf, lessonOf, type Learner, type Turn } from './learner.ts';
import { made } from './world.ts';

type QuizLesson = Extract<DemoLesson, { type: 'quiz' }>;
/** Filled when the attempt starts. */
type Started = { id: string; questions: readonly SnapshotQuestion[] };

/** The quiz is passed: at once, or when staff have graded its essays. It is left waiting where they have not. */
export function passing(learner: Learner, lesson: QuizLesson): Turn[] {
  const quiz = quizOf(lesson);
  const wrong = missedWhenPassing(quiz, learner.enrollment.mistakes ?? 0);
  const started: Started[] = [];
  const sitting = (at: Date) => attempt(learner, lesson, wrong, started, at);
  const grades = gradesOf(learner, quiz);
  if (grades.size === 0) return [sitting];
  return [sitting, (at) => [{ at, run: () => grade(learner, grades, started) }]];
}

/** So many attempts are failed, each a little better than the one before. */
export function failing(learner: Learner, lesson: QuizLesson, attempts: number): Turn[] {
  return Array.from({ length: attempts }, (_, index): Turn => {
    const wrong = missedWhenFailing(quizOf(lesson), attempts - 1 - index);
    return (at) => attempt(learner, lesson, wrong, [], at);
  });
}

function attempt(
  learner: Learner,
  lesson: QuizLesson,
  wrong: ReadonlySet<DemoQuestion>,
  started: Started[],
  at: Date,
): Step[] {
  const { world, enrollment, name } = learner;
  const { deps } = world;
  const start = async () => {
    const quizId = lessonOf(learner, lesson.key).quizId ?? '';
    const { attempt } = await startAttempt(deps, actorOf(learner), quizId, undefined);
    started.push(attempt);
  };
  const submit = async () => {
    for (const { id, questions } of started) {
      const answers = answersOf(questions, (each) => made(world.questions, each), { enrollment, wrong });
      await submitAttempt(deps, actorOf(learner), id, answers);
    }
  };
  return [
    { at: secondsBefore(at, secondsOf(quizOf(lesson), name)), run: start },
    { at, run: submit },
  ];
}

/** A minute or two a question, within the time limit. */
function secondsOf({ questions, timeLimitSeconds = 1_500 }: DemoQuiz, key: string): number {
  return Math.min(questions.length * (60 + 60 * fractionOf(`sitting ${key}`)), timeLimitSeconds * 0.9);
}

/** What staff gave for the essays of this quiz, by the question's key. */
function gradesOf(
  { enrollment }: Learner,
  { questions }: DemoQuiz,
): Map<string, { points: number; feedback: string }> {
  const keys = new Set(questions.map(({ key }) => key));
  const essays = (enrollment.essays ?? []).filter(({ question }) => keys.has(question));
  return new Map(essays.flatMap(({ question, grade }) => (grade ? [[question, grade] as const] : [])));
}

async function grade(
  { world, course }: Learner,
  grades: ReadonlyMap<string, { points: number; feedback: string }>,
  started: readonly Started[],
): Promise<void> {
  const owner = made(world.people, course.owner);
  for (const { id, questions } of started) {
    const given = questions.flatMap((question) => {
      const found = grades.get(made(world.questions, question.sourceId).key ?? '');
      return found ? [{ questionId: question.id, ...found }] : [];
    });
    await gradeAttempt(world.deps, owner, id, given);
  }
}

function quizOf({ key, quiz }: QuizLesson): DemoQuiz {
  if (!quiz) throw new Error(`The lesson ${key} of the demo academy has no quiz to sit.`);
  return quiz;
}
