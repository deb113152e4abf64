import type { FastifyError, FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { isUnmigrated, problemOfDatabaseError } from '#platform/db/errors.ts';
import { AppError, problemCodes, unavailable } from '#platform/errors.ts';
import type { HttpMetrics } from '#platform/metrics.ts';
import { createSparseWarn, type SparseWarn } from '#platform/sparse-log.ts';
import { contentPolicy } from './guarding-headers.ts';
import { rememberMethods } from './method-not-allowed.ts';
import { integer, named, object, oneOf } from './schema.ts';
import type { Reply, Request } from './types.ts';
import type { AddressRefusal } from './unreadable-address.ts';

export const reasonSchema = named(
  'Reason',
  object({
    path: Type.Optional(Type.String()),
    code: Type.String(),
    params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    message: Type.String(),
  }),
);

/** RFC 9457, with a stable `code` and the reasons. */
export const problemSchema = named(
  'Problem',
  object({
    type: Type.String(),
    title: Type.String(),
    status: integer(400, 599),
    detail: Type.String(),
    code: oneOf(problemCodes),
    requestId: Type.String(),
    errors: Type.Optional(Type.Array(reasonSchema)),
  }),
);

/**
 * One handler renders every failure. What is not expected is a fault: logged once, here, and told to nobody. While the
 * server closes, a request that still comes is told so, by 503.
 */
export function useProblems(
  app: FastifyInstance,
  metrics: Pick<HttpMetrics, 'problems'>,
  addressRefusal: AddressRefusal,
): void {
  const otherMethod = rememberMethods(app);
  const warn = createSparseWarn();
  app.decorateReply('problemCode', null);
  const answer = (reply: Reply, request: Request, problem: AppError): Reply => {
    metrics.problems.inc({ code: problem.code });
    reply.problemCode = problem.code;
    return sendProblem(reply, request, problem);
  };
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) logFault(request, problem, error, warn);
    return answer(reply, request, problem);
  });
  app.setNotFoundHandler((request, reply) => {
    const known = addressRefusal(request) ?? otherMethod(request.method, request.url);
    return answer(reply, request, known ?? new AppError(404, 'not_found', 'Nothing has this address.'));
  });
  let isClosing = false;
  app.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (isClosing) answer(reply, request, closing());
    else done();
  });
}

/** Makes this problem the answer in place of what was to be sent; the body to send. */
export function tellInstead(reply: Reply, request: Request, problem: AppError): string {
  reply.problemCode = problem.code;
  // Of the page that it might have been.
  reply.removeHeader('content-language').header('content-security-policy', contentPolicy);
  return begin(reply, request, problem);
}

function sendProblem(reply: Reply, request: Request, problem: AppError): Reply {
  return reply.send(begin(reply, request, problem));
}

/** Sets all but the body, which is returned. */
function begin(reply: Reply, request: Request, problem: AppError): string {
  const own = request.routeOptions.config.protocol;
  reply
    .status(problem.status)
    .headers({ 'cache-control': 'no-store', ...problem.headers })
    .type(`${own?.mediaType ?? problemType}; charset=utf-8`);
  return own ? JSON.stringify(own.renderProblem(problem)) : renderProblem(problem, request.id);
}

export const problemType = 'application/problem+json';

/** The body of a problem. */
export function renderProblem(
  { status, code, message: detail, errors }: AppError,
  requestId: string,
): string {
  const title = code.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase());
  const body = { type: `urn:lms:problem:${code}`, title, status, detail, code, requestId };
  return JSON.stringify(errors.length > 0 ? { ...body, errors } : body);
}

function problemOf(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return problemOfFastifyError(error as FastifyError) ?? problemOfDatabaseError(error) ?? internal();
}

function closing(): AppError {
  return unavailable('The server is stopping. Try again.');
}

function internal(): AppError {
  return new AppError(
    500,
    'internal',
    'Something went wrong on our side. The request id helps us to find it.',
  );
}

function problemOfFastifyError(error: FastifyError): AppError | undefined {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AppError(413, 'payload_too_large', 'The body is larger than this operation takes.');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AppError(415, 'unsupported_media_type', 'Send the body as application/json.');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new AppError(400, 'malformed_json', 'The body is not valid JSON.');
    default:
      break;
  }
  if (error instanceof SyntaxError && error.statusCode === 400)
    return new AppError(400, 'malformed_json', 'The body is not valid JSON.');
  if (error.code === 'FST_ERR_REPLY_FROM_CLOSED' || error.statusCode === 503) return closing();
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return new AppError(400, 'invalid', 'The request is not valid.');
  return undefined;
}

// While a part is away every request fails by it: each has its line with status and time, the reason is told sparsely.
function logFault(request: Request, problem: AppError, error: unknown, warn: SparseWarn): void {
  if (problem.code === 'internal') {
    request.log.error({ err: error }, 'request failed by a fault of ours');
    return;
  }
  const isBehind = isUnmigrated(error);
  const kind = isBehind ? 'unmigrated' : problem.code;
  warn(request.log, kind, { err: error, code: problem.code }, faults[kind] ?? faultOfPart);
}

const faultOfPart = 'request failed, a part it needs is away';
const faults: Record<string, string> = {
  timeout: 'request failed, the database took too long; does something lock it?',
  unmigrated:
    'request failed, the database lacks tables or columns of this version: run "lms migrate" (and stop older or newer versions that share it)',
};
