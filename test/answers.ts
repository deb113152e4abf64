import type { ValidateFunction } from 'ajv';
import type { TSchema } from 'typebox';
import { sendsKeyword, type Sent } from '#platform/http/operation.ts';
import { createAjv } from '#platform/http/validation.ts';
import type { App } from '#platform/http/types.ts';

const declarable = [
  ['etag', 'etag'],
  ['location', 'location'],
  ['set-cookie', 'cookies'],
  ['x-device-token', 'device'],
] as const;
const metByAnybody =
  /"code":"(?:(?:scope|person|mfa_enrollment)_required|not_while_acting|csrf_token_invalid|origin_not_allowed)"/;

/** Holds every JSON answer against the schema that its operation declares for its status. */
export function checkAnswers(app: App): void {
  const ajv = createAjv(false);
  const compiled = new Map<TSchema, ValidateFunction>();
  app.addHook('onSend', async (request, reply, payload) => {
    const { schema, url } = request.routeOptions;
    if (schema?.hide || url === undefined || typeof payload !== 'string' || payload === '') return payload;
    const sends = ((schema as Record<string, unknown> | undefined)?.[sendsKeyword] ?? []) as Sent[];
    // A page for people stands in for an answer to programs.
    if (String(reply.getHeader('content-type')).startsWith('text/html')) return payload;
    for (const [name, sent] of declarable) {
      if (reply.hasHeader(name) && reply.statusCode < 300 && !sends.includes(sent))
        throw new Error(`${request.method} ${url} sends a header ${name}, which it does not declare.`);
    }
    const declared = (schema?.response as Record<string, TSchema> | undefined)?.[String(reply.statusCode)];
    if (!declared && isConventional(reply.statusCode, payload)) return payload;
    if (!declared)
      throw new Error(`${request.method} ${url} answered ${reply.statusCode}, which it does not declare.`);
    const validate = compiled.get(declared) ?? ajv.compile(declared);
    compiled.set(declared, validate);
    if (!validate(JSON.parse(payload))) {
      throw new Error(
        `${request.method} ${url} ${reply.statusCode}: ${ajv.errorsText(validate.errors)} in ${payload.slice(0, 500)}`,
      );
    }
    return payload;
  });
}

/** Whether an answer need not be declared, because conventions bring it: of 403 only what any caller can meet. */
function isConventional(status: number, payload: string): boolean {
  if (status === 403) return metByAnybody.test(payload);
  return [400, 401, 404, 405, 413, 415, 422, 429, 500, 503].includes(status);
}
