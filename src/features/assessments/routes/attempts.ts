import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import type { Render } from '#platform/rendered.ts';
import { gradeAttempt } from '../commands/grade-attempt.ts';
import { saveAnswers } from '../commands/save-answers.ts';
import { startAttempt } from '../commands/start-attempt.ts';
import { submitAttempt } from '../commands/submit-attempt.ts';
import { graceSeconds } from '../deadline.ts';
import { readerOf } from '../policy.ts';
import { presentAttempt, presentSavedAnswers } from '../present/attempt.ts';
import { findAttempt } from '../queries/attempts.ts';
import { standingOf } from '../queries/standing.ts';
import {
  answersBody,
  attemptSchema,
  gradesBody,
  savedAnswersSchema,
  startBody,
  submissionBody,
} from '../schemas/attempts.ts';

const tags = ['Attempts'];
const config = { access: 'signedIn' } as const;

export function attemptRoutes(app: App, deps: Deps, render: Render): void {
  startingRoutes(app, deps, render);
  answeringRoutes(app, deps, render);
  gradingRoute(app, deps, render);
}

function startingRoutes(app: App, deps: Deps, render: Render): void {
  const starting = operation('startAttempt', 'Start an attempt, or get the open one', {
    tags,
    description:
      'For the enrolled, in their current enrollment. The questions are a copy of the quiz’s, under ids of their own; ' +
      'where the quiz shuffles, questions and options come in an order of this attempt. 200 with the open attempt, ' +
      'if there is one. Staff are not enrolled: 409.',
    params: idParams,
    body: startBody,
    isBodyOptional: true,
    sends: ['location'],
    response: { 200: attemptSchema, 201: attemptSchema },
    errors: [400, 401, 404, 409],
  });
  app.post('/quizzes/:id/attempts', { schema: starting, config }, async (request, reply) => {
    const { params, body } = request;
    const { attempt, isNew } = await startAttempt(
      traced(deps, request),
      signedIn(request),
      params.id,
      body?.enrollmentId,
    );
    const view = presentAttempt(attempt, { reader: 'learner', now: deps.clock.now(), render });
    if (!isNew) return view;
    return reply
      .status(201)
      .header('location', locationOf(deps, `/attempts/${attempt.id}`))
      .send(view);
  });

  const reading = operation('getAttempt', 'Read an attempt', {
    tags,
    description:
      'One’s own, with what the quiz’s `showResults` allows; staff of the course read all of it. An attempt whose time ' +
      'and grace are over is shown as submitted by the clock.',
    params: idParams,
    response: { 200: attemptSchema },
    errors: [401, 404],
  });
  app.get('/attempts/:id', { schema: reading, config }, async (request) => {
    const actor = signedIn(request);
    const attempt = await findAttempt(deps.db, { attemptId: request.params.id, actorId: actor.userId });
    const reader = attempt && readerOf(actor, standingOf(attempt), attempt.user_id);
    if (!attempt || !reader) throw notFound('Attempt');
    return presentAttempt(attempt, { reader, now: deps.clock.now(), render });
  });
}

function answeringRoutes(app: App, deps: Deps, render: Render): void {
  const saving = operation('saveAnswers', 'Save answers of an open attempt', {
    tags,
    description:
      'Merges by question. null clears; a `revision` lower than the stored one is ignored. Gives all answers as they ' +
      `are stored. Taken until ${graceSeconds} seconds after \`expiresAt\`, then 409 \`attempt_closed\`.`,
    params: idParams,
    body: answersBody,
    response: { 200: savedAnswersSchema },
    errors: [400, 401, 403, 404, 409],
  });
  app.put('/attempts/:id/answers', { schema: saving, config }, async (request) => {
    const { params, body } = request;
    const { attempt, answers } = await saveAnswers(
      traced(deps, request),
      signedIn(request),
      params.id,
      body.answers,
    );
    return presentSavedAnswers(attempt, answers, deps.clock.now());
  });

  const submitting = operation('submitAttempt', 'Submit an attempt', {
    tags,
    description:
      'With last answers, if any. Essays wait for a grader (`needsGrading`). Submitted before, by the learner or by ' +
      'the clock, it is given as it is and `answers` count no more.',
    params: idParams,
    body: submissionBody,
    isBodyOptional: true,
    response: { 200: attemptSchema },
    errors: [400, 401, 403, 404, 409],
  });
  app.post('/attempts/:id/submission', { schema: submitting, config }, async (request) => {
    const { params, body } = request;
    const attempt = await submitAttempt(
      traced(deps, request),
      signedIn(request),
      params.id,
      body?.answers ?? [],
    );
    return presentAttempt(attempt, { reader: 'learner', now: deps.clock.now(), render });
  });
}

function gradingRoute(app: App, deps: Deps, render: Render): void {
  const grading = operation('gradeAttempt', 'Grade questions of a submitted attempt', {
    tags,
    description:
      'For staff who grade, and never their own. Merges by question, of any type, and again is allowed. Feedback is Markdown. A completion ' +
      'once reached is never taken away by a lower grade.',
    params: idParams,
    body: gradesBody,
    response: { 200: attemptSchema },
    errors: [400, 401, 403, 404, 409],
  });
  app.put('/attempts/:id/grades', { schema: grading, config }, async (request) => {
    const { params, body } = request;
    const attempt = await gradeAttempt(traced(deps, request), signedIn(request), params.id, body.grades);
    return presentAttempt(attempt, { reader: 'staff', now: deps.clock.now(), render });
  });
}
