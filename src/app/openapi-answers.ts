import type { Sent } from '#platform/http/operation.ts';
import type { Json } from './openapi-names.ts';

/** What `documentApi` tells of a route, under `routeKey`, to what finishes the document. */
export type RouteFacts = {
  isLimited: boolean;
  isUpload: boolean;
  signsIn: boolean;
  needsStepUp: boolean;
  sends: readonly Sent[];
  mediaType?: string;
};
export const routeKey = 'x-route';

type Header = { description: string; schema: { type: 'string' | 'integer' } };
const text = (description: string): Header => ({ description, schema: { type: 'string' } });
const seconds = (description: string): Header => ({ description, schema: { type: 'integer' } });

/** For `components.headers`. */
export const headerComponents: Record<string, Header> = {
  ETag: text(
    'The state of the thing: for `If-Match` when it is changed, and `If-None-Match` when it is read.',
  ),
  Location: text('The path of what was made.'),
  SetCookie: text(
    'The session of a browser, where it came by cookies or asked for them: `__Host-lms_access` and `__Host-lms_refresh`, HttpOnly, Secure, SameSite; or that takes them away.',
  ),
  RetryAfter: seconds('After how many seconds it may succeed.'),
  RateLimit: text('`"<budget>";r=<requests left>;t=<seconds until it is full again>`, for each budget.'),
  RateLimitPolicy: text('`"<budget>";q=<requests>;w=<seconds>`, for each budget.'),
  XDeviceToken: text(
    'What shows this device to be known to the person: send it with the next login. It opens nothing.',
  ),
  AcceptRanges: text('`bytes`: parts of it can be asked for by `Range`.'),
  ContentRange: text('Which bytes come, of how many.'),
};

/** What each status means wherever it comes, with the codes that any operation can answer. */
const meanings: Record<string, string> = {
  400: 'What was sent is not valid: `invalid`, `unknown_field`, `malformed_json`. `errors` say what and where.',
  401: 'No access token, or one that is not good any more: `unauthenticated`, `token_expired`.',
  403: 'Known to the caller and not allowed: `forbidden`, or why. `errors` say what is needed, where there is more to say.',
  404: 'Not there, or not for the caller to know of: `not_found`.',
  408: 'It did not go on in time: `timeout`.',
  409: 'The state does not allow it: `code` says why, `errors` what is missing, where there is more to say.',
  410: 'It was there and is no more: `code` says why.',
  412: 'Somebody changed it since it was read: `precondition_failed`.',
  413: 'The body is larger than this operation takes: `payload_too_large`.',
  415: 'The body is of a type that this operation does not take: `unsupported_media_type`.',
  416: 'No such part: `range_not_satisfiable`.',
  422: 'The Idempotency-Key was used with another request: `idempotency_key_reused`.',
  429: 'Too many requests: `rate_limited`. Try again after `Retry-After`.',
  503: 'A part that the answer needs is away, or too slow: `unavailable`, `timeout`. Try again after `Retry-After`.',
  507: 'There is no room to store it: `insufficient_storage`.',
};

const successes: Record<string, string> = {
  200: 'What it is now.',
  201: 'Made, or begun.',
  202: 'Taken; it is done in the background.',
};

/** Says of an answer what its status means; an answer that was described keeps its words. */
export function describeAnswer(status: string, answer: Json): void {
  if (answer['description'] !== 'Default Response') return;
  answer['description'] = meanings[status] ?? successes[status] ?? 'Done.';
}

/** A problem that the route does not list, because conventions bring it. */
export function problemAnswer(status: string, description = meanings[status]): Json {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** The headers that come with each answer. */
export function addHeaders(responses: Record<string, Json>, { isLimited, sends }: RouteFacts): void {
  for (const [status, answer] of Object.entries(responses)) {
    const names = [
      ...(/^20[01]$/.test(status) && sends.includes('etag') ? ['ETag'] : []),
      ...(status === '201' && sends.includes('location') ? ['Location'] : []),
      ...(/^20[014]$/.test(status) && sends.includes('cookies') ? ['Set-Cookie'] : []),
      ...(/^20[04]$/.test(status) && sends.includes('device') ? ['X-Device-Token'] : []),
      ...(/^20[06]$/.test(status) && sends.includes('ranges') ? ['ETag', 'Accept-Ranges'] : []),
      ...(status === '206' ? ['Content-Range'] : []),
      ...(status === '429' || status === '503' ? ['Retry-After'] : []),
      ...(isLimited ? ['RateLimit', 'RateLimit-Policy'] : []),
    ];
    if (names.length > 0) answer['headers'] = Object.fromEntries(names.map(referred));
  }
}

function referred(name: string): [string, Json] {
  return [name, { $ref: `#/components/headers/${name.replaceAll('-', '')}` }];
}
