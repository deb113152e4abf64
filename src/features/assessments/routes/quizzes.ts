import type { Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { authored, ifMatch } from '#platform/http/etag.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { requireQuizLesson, saveQuiz } from '../commands/save-quiz.ts';
import { graceSeconds } from '../deadline.ts';
import { refusalOfReading } from '../policy.ts';
import { presentQuiz, type PresentedQuiz } from '../present/quiz.ts';
import { findQuizOfLesson } from '../queries/quizzes.ts';
import { standingOf } from '../queries/standing.ts';
import { quizBody, quizSchema } from '../schemas/quiz.ts';

const tags = ['Quizzes'];
const config = { access: 'signedIn' } as const;

export function quizRoutes(app: App, deps: Deps): void {
  const reading = operation('getQuiz', 'Read the quiz of a lesson', {
    tags,
    description:
      'Settings, what it is worth, and in `viewer` the enrolled caller’s own state: what a player shows before an ' +
      'attempt. For all who may read the lesson; questions are read by staff, and in attempts. 404 until the quiz ' +
      'is made by PUT.',
    params: idParams,
    sends: ['etag'],
    response: { 200: quizSchema },
    errors: [401, 403, 404, 409],
  });
  app.get('/lessons/:id/quiz', { schema: reading, config }, async (request, reply) => {
    const quiz = await readQuiz(deps, signedIn(request), request.params.id);
    return authored(reply, quiz.version).send(presentQuiz(quiz));
  });

  const saving = operation('putQuiz', 'Make the quiz of a lesson, or replace its settings', {
    tags,
    description:
      'For staff who edit the course. What is left out takes its default. Attempts that have started keep their ' +
      'time and passing percent; `showResults` counts at once for all.',
    params: idParams,
    body: quizBody,
    sends: ['etag'],
    response: { 200: quizSchema },
    errors: [400, 401, 403, 404, 409, 412],
  });
  app.put('/lessons/:id/quiz', { schema: saving, config }, async (request, reply) => {
    const actor = signedIn(request);
    await saveQuiz(traced(deps, request), actor, request.params.id, request.body, ifMatch(request));
    const quiz = await readQuiz(deps, actor, request.params.id);
    return authored(reply, quiz.version).send(presentQuiz(quiz));
  });
}

async function readQuiz(deps: Deps, actor: Actor, lessonId: string): Promise<PresentedQuiz> {
  const closedBefore = new Date(deps.clock.now().getTime() - graceSeconds * 1000);
  const row = await findQuizOfLesson(deps.db, { lessonId, actorId: actor.userId, closedBefore });
  if (!row) throw notFound('Lesson');
  const lesson = { isPreview: row.is_preview, isReady: row.is_ready };
  const refusal = refusalOfReading(actor, standingOf(row), lesson);
  if (refusal) throw refusal;
  requireQuizLesson(row);
  if (row.id === null) throw notFound('Quiz');
  return row;
}
