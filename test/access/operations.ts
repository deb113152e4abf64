import assert from 'node:assert/strict';
import type { TestServer } from '#test/server.ts';

/** One operation of the OpenAPI document. */
export type Operation = {
  operationId: string;
  method: string;
  /** From the host on: `/api/v1/users/{id}`. */
  path: string;
  /** Whether it answers without an access token. */
  isPublic: boolean;
  /** Whether it reads `{items, nextCursor}`. */
  isList: boolean;
  /** Whether it wants a sign-in of late, as the document marks it. */
  stepUp?: 'always' | 'sometimes';
  /** What is said of its 403. */
  refusal: string;
};

type Schema = { $ref?: string; properties?: Record<string, unknown> };
type DocumentedOperation = {
  operationId: string;
  'x-needs-step-up'?: 'always' | 'sometimes';
  security: Record<string, unknown>[];
  responses: Record<string, { description: string; content?: Record<string, { schema?: Schema }> }>;
};
type OpenApi = {
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, Schema> };
};

/** Every operation of the document that the server gives out, by its id. */
export async function readOperations(server: TestServer): Promise<Map<string, Operation>> {
  const { status, body } = await server.get('/openapi.json');
  assert.equal(status, 200, 'the OpenAPI document');
  const document = body as OpenApi;
  const found = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, documented]) => ({
      operationId: documented.operationId,
      method: method.toUpperCase(),
      path,
      isPublic:
        documented.security.length === 0 ||
        // Whoever has the cookie of a browser's session is who calls.
        documented.security.some((rule) => Object.keys(rule).every((name) => name === 'refreshCookie')),
      isList: method === 'get' && isList(documented, document),
      ...(documented['x-needs-step-up'] && { stepUp: documented['x-needs-step-up'] }),
      refusal: documented.responses['403']?.description ?? '',
    })),
  );
  assert.ok(found.length > 0, 'the document has no operation');
  return new Map(found.map((operation) => [operation.operationId, operation]));
}

function isList({ responses }: DocumentedOperation, { components }: OpenApi): boolean {
  const schema = responses['200']?.content?.['application/json']?.schema;
  const name = schema?.$ref?.replace('#/components/schemas/', '');
  const properties = (name === undefined ? schema : components.schemas[name])?.properties ?? {};
  return Object.hasOwn(properties, 'items') && Object.hasOwn(properties, 'nextCursor');
}
