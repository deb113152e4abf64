import assert from 'node:assert/strict';
import type { TestServer } from '#test/server.ts';

type Schema = {
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
};
type Parameter = { name: string; in: 'path' | 'query' | 'header' };
type Documented = {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses: Record<string, { content?: Record<string, unknown> }>;
};
type OpenApi = {
  paths: Record<string, Record<string, Documented>>;
  components: { schemas: Record<string, Schema> };
};

/** What an operation takes, as its document says. */
export type Input = {
  operationId: string;
  method: string;
  /** `/api/v1/users/{id}`. */
  path: string;
  pathNames: string[];
  queryNames: string[];
  /** The names at the top of a JSON body, of all its forms; null where it takes no body. */
  bodyNames: string[] | null;
  /** It takes bytes as they are, so that no text is no JSON. */
  isRaw: boolean;
  /** It goes on answering. */
  isStream: boolean;
  /** Statuses of success: a redirect is one where the document has nothing better. */
  successes: number[];
};

/** Every operation of the document, in its order. */
export async function readInputs(server: TestServer): Promise<Input[]> {
  const { status, body } = await server.get('/openapi.json');
  assert.equal(status, 200);
  const document = body as OpenApi;
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, documented]) => inputOf(document, path, method, documented)),
  );
}

function inputOf(document: OpenApi, path: string, method: string, documented: Documented): Input {
  const { operationId, parameters = [], requestBody, responses } = documented;
  const named = (place: string) => parameters.filter((each) => each.in === place).map(({ name }) => name);
  const json = requestBody?.content['application/json']?.schema;
  return {
    operationId,
    method: method.toUpperCase(),
    path,
    pathNames: named('path'),
    queryNames: named('query'),
    bodyNames: requestBody ? [...namesOf(document, json)] : null,
    isRaw: requestBody !== undefined && json === undefined,
    isStream: Object.values(responses).some(({ content }) => content?.['text/event-stream'] !== undefined),
    successes: successesOf(Object.keys(responses).map(Number)),
  };
}

function successesOf(statuses: readonly number[]): number[] {
  const good = statuses.filter((status) => status < 300);
  return good.length > 0 ? good : statuses.filter((status) => status < 400 && status !== 304);
}

function namesOf(document: OpenApi, schema: Schema | undefined): Set<string> {
  if (!schema) return new Set();
  const { $ref, properties = {}, anyOf = [], oneOf = [], allOf = [] } = schema;
  const referred = $ref ? [document.components.schemas[$ref.replace('#/components/schemas/', '')]] : [];
  const below = [...referred, ...anyOf, ...oneOf, ...allOf].flatMap((each) => [...namesOf(document, each)]);
  return new Set([...Object.keys(properties), ...below]);
}
