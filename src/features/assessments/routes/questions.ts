import type { Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { authored, ifMatch } from '#platform/http/etag.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import type { Render } from '#platform/rendered.ts';
import { addQuestion } from '../commands/add-question.ts';
import { orderQuestions } from '../commands/order-questions.ts';
import { removeQuestion } from '../commands/remove-question.ts';
import { updateQuestion } from '../commands/update-question.ts';
import { refusalOfQuiz } from '../policy.ts';
import { presentQuestion } from '../present/quiz.ts';
import { findQuizContext } from '../queries/quizzes.ts';
import { findQuestion, listQuestions } from '../queries/questions.ts';
import { standingOf } from '../queries/standing.ts';
import {
  newQuestionBody,
  questionOrderBody,
  questionPage,
  questionPatch,
  questionSchema,
} from '../schemas/questions.ts';

const tags = ['Quizzes'];
const config = { access: 'signedIn' } as const;

export function questionRoutes(app: App, deps: Deps, render: Render): void {
  readingRoutes(app, deps, render);
  collectionRoutes(app, deps, render);
  changeRoutes(app, deps, render);
}

function readingRoutes(app: App, deps: Deps, render: Render): void {
  const listing = operation('listQuestions', 'List the questions of a quiz, answers included', {
    tags,
    description: 'For staff of the course. All of them in order, at most 200, on one page.',
    params: idParams,
    response: { 200: questionPage },
    errors: [401, 403, 404],
  });
  app.get('/quizzes/:id/questions', { schema: listing, config }, async (request) => {
    await requireStaff(deps, signedIn(request), { quizId: request.params.id });
    const questions = await listQuestions(deps.db, request.params.id);
    return { items: questions.map((question) => presentQuestion(question, render)), nextCursor: null };
  });

  const reading = operation('getQuestion', 'Read a question, answers included', {
    tags,
    description: 'For staff of the course.',
    params: idParams,
    sends: ['etag'],
    response: { 200: questionSchema },
    errors: [401, 403, 404],
  });
  app.get('/questions/:id', { schema: reading, config }, async (request, reply) => {
    await requireStaff(deps, signedIn(request), { questionId: request.params.id });
    const question = await findQuestion(deps.db, request.params.id);
    if (!question) throw notFound('Question');
    return authored(reply, question.version).send(presentQuestion(question, render));
  });
}

function collectionRoutes(app: App, deps: Deps, render: Render): void {
  const adding = operation('addQuestion', 'Add a question at the end of a quiz', {
    tags,
    description: 'At most 200 a quiz. The first that is worth points makes the lesson ready.',
    params: idParams,
    body: newQuestionBody,
    sends: ['etag', 'location'],
    response: { 201: questionSchema },
    errors: [400, 401, 403, 404, 409],
  });
  app.post('/quizzes/:id/questions', { schema: adding, config }, async (request, reply) => {
    const question = await addQuestion(
      traced(deps, request),
      signedIn(request),
      request.params.id,
      request.body,
    );
    const location = locationOf(deps, `/questions/${question.id}`);
    return authored(reply, question.version)
      .status(201)
      .header('location', location)
      .send(presentQuestion(question, render));
  });

  const ordering = operation('orderQuestions', 'Order the questions of a quiz', {
    tags,
    description: 'Names every question exactly once, else 409 `questions_changed`.',
    params: idParams,
    body: questionOrderBody,
    response: { 200: questionPage },
    errors: [400, 401, 403, 404, 409],
  });
  app.put('/quizzes/:id/questions', { schema: ordering, config }, async (request) => {
    const { questionIds } = request.body;
    const questions = await orderQuestions(
      traced(deps, request),
      signedIn(request),
      request.params.id,
      questionIds,
    );
    return { items: questions.map((question) => presentQuestion(question, render)), nextCursor: null };
  });
}

function changeRoutes(app: App, deps: Deps, render: Render): void {
  const changing = operation('updateQuestion', 'Change a question for attempts to come', {
    tags,
    description:
      'Its type never changes, and the fields of other types are refused. `options` replace the list; one with its ' +
      '`id` keeps it.',
    params: idParams,
    body: questionPatch,
    sends: ['etag'],
    response: { 200: questionSchema },
    errors: [400, 401, 403, 404, 409, 412],
  });
  app.patch('/questions/:id', { schema: changing, config }, async (request, reply) => {
    const { params, body } = request;
    const question = await updateQuestion(
      traced(deps, request),
      signedIn(request),
      params.id,
      body,
      ifMatch(request),
    );
    return authored(reply, question.version).send(presentQuestion(question, render));
  });

  const removing = operation('removeQuestion', 'Take a question out of its quiz', {
    tags,
    description: 'Attempts keep theirs. 409 `quiz_empty` where a published course would lose a quiz by it.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 409, 412],
  });
  app.delete('/questions/:id', { schema: removing, config }, async (request, reply) => {
    await removeQuestion(traced(deps, request), signedIn(request), request.params.id, ifMatch(request));
    return reply.status(204).send();
  });
}

async function requireStaff(
  deps: Deps,
  actor: Actor,
  of: { quizId: string } | { questionId: string },
): Promise<void> {
  const quiz = await findQuizContext(deps.db, { ...of, actorId: actor.userId });
  if (!quiz) throw notFound('quizId' in of ? 'Quiz' : 'Question');
  const lesson = { isPreview: quiz.is_preview, isReady: quiz.is_ready };
  // The right of all staff, who see the same questions in attempts.
  const refusal = refusalOfQuiz(actor, 'learners.view', standingOf(quiz), lesson);
  if (refusal) throw refusal;
}
