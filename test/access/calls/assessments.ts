import type { Recipe } from '../recipe.ts';
import { must, type World } from '../world.ts';

const essay = { type: 'essay', prompt: 'What do they eat?', points: 1 };

async function freshQuestion(world: World): Promise<string> {
  return (await must(world, 'owner', 'POST', `/quizzes/${world.draft.quizId}/questions`, essay)).id;
}

export const quizCalls: Record<string, Recipe> = {
  getQuiz: ({ published }) => ({ path: { id: published.quizLessonId } }),
  'getQuiz (draft)': ({ draft }) => ({ path: { id: draft.quizLessonId } }),
  putQuiz: ({ published }) => ({
    path: { id: published.quizLessonId },
    body: { passingPercent: 100, showResults: 'score' },
  }),
  'putQuiz (draft)': ({ draft }) => ({
    path: { id: draft.quizLessonId },
    body: { passingPercent: 100, showResults: 'score' },
  }),
  listQuestions: ({ published }) => ({ path: { id: published.quizId } }),
  getQuestion: ({ published }) => ({ path: { id: published.questionId } }),
  addQuestion: ({ draft }) => ({ path: { id: draft.quizId }, body: essay }),
  orderQuestions: async (world) => {
    const { items } = await must(world, 'owner', 'GET', `/quizzes/${world.published.quizId}/questions`);
    const questionIds = items.map(({ id }: { id: string }) => id);
    return { path: { id: world.published.quizId }, body: { questionIds } };
  },
  updateQuestion: ({ published }) => ({ path: { id: published.questionId }, body: { points: 2 } }),
  removeQuestion: async (world) => ({ path: { id: await freshQuestion(world) } }),
};

export const attemptCalls: Record<string, Recipe> = {
  startAttempt: ({ published }) => ({ path: { id: published.quizId } }),
  'startAttempt (draft)': ({ draft }) => ({ path: { id: draft.quizId } }),
  'startAttempt (withdrawn)': ({ withdrawn }) => ({ path: { id: withdrawn.quizId } }),
  listQuizAttempts: ({ published }) => ({ path: { id: published.quizId } }),
  listCourseAttempts: ({ published }) => ({ path: { id: published.id } }),
  'listCourseAttempts (draft)': ({ draft }) => ({ path: { id: draft.id } }),
  getAttempt: ({ openAttemptId }) => ({ path: { id: openAttemptId } }),
  'getAttempt (submitted)': ({ submittedAttempt }) => ({ path: { id: submittedAttempt.id } }),
  saveAnswers: ({ openAttemptId }) => ({ path: { id: openAttemptId }, body: { answers: [] } }),
  submitAttempt: async (world) => {
    const { id } = await must(world, 'student', 'POST', `/quizzes/${world.draft.quizId}/attempts`);
    return { path: { id } };
  },
  gradeAttempt: ({ submittedAttempt: { id, essayId } }) => ({
    path: { id },
    body: { grades: [{ questionId: essayId, points: 1 }] },
  }),
};
