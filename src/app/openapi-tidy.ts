import { optionalKeyword, streamedKeyword } from '#platform/http/schema.ts';
import { addHeaders, describeAnswer, problemAnswer, routeKey, type RouteFacts } from './openapi-answers.ts';
import type { Json } from './openapi-names.ts';

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The first answer again for 24 hours, and nothing done twice.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};
const ifMatch = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The ETag that was read; 412 where the thing has changed since.',
  schema: { type: 'string' },
};
const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'An ETag that was read; 304 where nothing has changed since.',
  schema: { type: 'string' },
};

const refusedAnywhere =
  'An API key that was not made for this, `scope_required`, or where a person is asked for, `person_required`; somebody who must set up a second factor first, `mfa_enrollment_required`; an admin who acts as another person, `not_while_acting`; by cookies, and more than a reading: `csrf_token_invalid`, `origin_not_allowed`.';

const staleSignIn =
  'Without a sign-in within the last quarter of an hour: `step_up_required`, see `POST /auth/step-up`.';

/**
 * What the routes do not say one by one: lists in the query go by comma, a body is required unless marked,
 * problems have their media type, and the headers and problems that come with conventions.
 */
export function tidyDocument(document: Json): Json {
  const schemas = ((document['components'] as Json | undefined)?.['schemas'] ?? {}) as Record<string, Json>;
  for (const schema of Object.values(schemas)) mapDiscriminator(schema, schemas);
  for (const path of Object.values(document['paths'] as Json)) {
    for (const [method, each] of Object.entries(path as Json)) tidyOperation(method, each as Json);
  }
  return document;
}

/** Without a mapping, a discriminator's values would be taken for names of schemas. Ajv takes none, so it is made here. */
function mapDiscriminator(schema: Json, schemas: Record<string, Json>): void {
  const discriminator = schema['discriminator'] as Json | undefined;
  if (!discriminator) return;
  const property = discriminator['propertyName'] as string;
  const mapping = (schema['oneOf'] as { $ref: string }[]).map(({ $ref }) => {
    const properties = schemas[$ref.replace('#/components/schemas/', '')]?.['properties'] as Record<
      string,
      { enum: string[] }
    >;
    return [properties[property]?.enum[0], $ref];
  });
  schema['discriminator'] = { ...discriminator, mapping: Object.fromEntries(mapping) as Json };
}

function tidyOperation(method: string, each: Json): void {
  const parameters = (each['parameters'] ?? []) as Json[];
  for (const parameter of parameters) {
    const schema = parameter['schema'] as Json | undefined;
    if (parameter['in'] === 'query' && schema?.['type'] === 'array')
      Object.assign(parameter, { style: 'form', explode: false });
  }
  const body = each['requestBody'] as Json | undefined;
  if (body) tidyBody(body);
  const responses = each['responses'] as Json;
  for (const [status, response] of Object.entries(responses)) tidyResponse(status, response as Json);
  const { [routeKey]: facts } = each as { [routeKey]: RouteFacts };
  delete each['x-route'];
  addConventions(method, each, parameters, facts);
  addHeaders(responses as Record<string, Json>, facts);
  if (facts.mediaType !== undefined) useMediaType(facts.mediaType, [body ?? {}, ...Object.values(responses)]);
}

function useMediaType(mediaType: string, messages: unknown[]): void {
  for (const message of messages as Json[]) {
    const json = (message['content'] as Json | undefined)?.['application/json'];
    if (json !== undefined) message['content'] = { [mediaType]: json };
    // Its errors carry no codes of ours.
    if (typeof message['description'] === 'string')
      message['description'] = message['description'].replace(/: `.*$/s, '.');
  }
}

function addConventions(method: string, each: Json, parameters: Json[], facts: RouteFacts): void {
  const responses = each['responses'] as Json;
  if (takesKey(method, each, facts)) {
    parameters.push(idempotencyKey);
    responses['409'] ??= problemAnswer(
      '409',
      'The first request with this Idempotency-Key is still running.',
    );
    responses['422'] ??= problemAnswer('422');
  }
  if (responses['412']) parameters.push(ifMatch);
  if (method === 'get' && facts.sends.includes('etag')) {
    parameters.push(ifNoneMatch);
    responses['304'] = { description: 'Nothing has changed since the ETag in `If-None-Match`.' };
  }
  responses['400'] ??= problemAnswer('400');
  if ((each['security'] as Json[]).length > 0) responses['403'] ??= problemAnswer('403', refusedAnywhere);
  if (facts.needsStepUp)
    (responses['403'] as Json)['description'] =
      `${String((responses['403'] as Json)['description'])} ${staleSignIn}`;
  // Who signs in may send a token that has expired.
  if (!facts.signsIn)
    responses['401'] ??= problemAnswer('401', 'The access token that was sent is not valid.');
  if (each['requestBody']) {
    responses['413'] ??= problemAnswer('413');
    responses['415'] ??= problemAnswer('415');
  }
  if (facts.isLimited) responses['429'] ??= problemAnswer('429');
  responses['503'] ??= problemAnswer('503');
  if (parameters.length > 0) each['parameters'] = parameters;
}

function takesKey(method: string, each: Json, { isUpload, mediaType }: RouteFacts): boolean {
  if (mediaType !== undefined) return false;
  const security = each['security'] as Json[];
  const isPublic = security.length === 0 || security.some((rule) => Object.keys(rule).length === 0);
  return method === 'post' && !isPublic && !isUpload && !(each['tags'] as string[]).includes('Sign-in');
}

function tidyBody(body: Json): void {
  for (const content of Object.values(body['content'] as Record<string, Json>)) {
    const { [optionalKeyword]: isOptional, [streamedKeyword]: _, ...schema } = content['schema'] as Json;
    content['schema'] = schema;
    body['required'] = isOptional !== true;
  }
}

function tidyResponse(status: string, response: Json): void {
  const json = (response['content'] as Json | undefined)?.['application/json'] as Json | undefined;
  // Nothing comes with these.
  if (status === '204' || status.startsWith('3')) delete response['content'];
  else if (json && isProblem(json)) response['content'] = { 'application/problem+json': json };
  describeAnswer(status, response);
}

function isProblem({ schema }: Json): boolean {
  return (schema as Json | undefined)?.['$ref'] === '#/components/schemas/Problem';
}
