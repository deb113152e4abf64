import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { newId } from '#platform/ids.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { makePerson } from '#test/people.ts';

type Schema = {
  $ref?: string;
  oneOf?: Schema[];
  discriminator?: { propertyName: string };
  properties?: Record<string, Schema>;
  enum?: string[];
  const?: string;
};
type Documented = { operationId: string; requestBody?: { content: Record<string, { schema: Schema }> } };
type Taking = { operationId: string; method: string; path: string; schema: Schema };

/** What a program might write into a row because it stands in the body. */
const coveted = [
  ...['id', 'role', 'status', 'permissions', 'scopes', 'isAdmin', 'userId', 'ownerId', 'courseId', 'version'],
  ...['createdAt', 'emailVerified', 'passwordHash', 'password_hash', 'score', 'passed', 'progressPercent'],
];

suite('mass assignment', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  test('mass assignment: every operation with a body refuses each field that is not its own, and names it', async () => {
    const admin = await makePerson(server, 'admin');
    const taking = await operationsWithBody(server);
    assert.ok(taking.length > 60);
    for (const { operationId, method, path, schema } of taking) {
      const own = new Set(variantsOf(schema).flatMap(({ properties = {} }) => Object.keys(properties)));
      const foreign = coveted.filter((field) => !own.has(field));
      const body = { ...tagOf(schema), ...Object.fromEntries(foreign.map((field) => [field, 'x'])) };
      const answer = await server.request(method, path.replaceAll(/\{\w+\}/g, newId()), {
        token: admin.token,
        body,
      });
      assert.deepEqual(
        [answer.status, answer.body.code],
        [400, 'unknown_field'],
        `${operationId} ${answer.text}`,
      );
      const reasons = answer.body.errors as { code: string; path: string }[];
      const named = new Set(reasons.filter(({ code }) => code === 'unknown_field').map((each) => each.path));
      assert.deepEqual(
        foreign.filter((field) => !named.has(`/${field}`)),
        [],
        operationId,
      );
    }
  });
});

async function operationsWithBody(server: TestServer): Promise<Taking[]> {
  const { paths, components } = (await server.get('/openapi.json')).body as {
    paths: Record<string, Record<string, Documented>>;
    components: { schemas: Record<string, Schema> };
  };
  const resolved = (schema: Schema): Schema => {
    const found = schema.$ref ? components.schemas[schema.$ref.replace('#/components/schemas/', '')] : schema;
    return found?.oneOf ? { ...found, oneOf: found.oneOf.map(resolved) } : (found ?? {});
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId, requestBody }]) => {
      const schema = requestBody?.content['application/json']?.schema;
      if (!schema) return [];
      const address = path.replace(/^\/api\/v1/, '');
      return [{ operationId, method: method.toUpperCase(), path: address, schema: resolved(schema) }];
    }),
  );
}

function variantsOf(schema: Schema): Schema[] {
  return schema.oneOf ?? [schema];
}

/** Of a body that may have several shapes, what chooses the first. */
function tagOf({ discriminator, oneOf }: Schema): Record<string, string> {
  if (!discriminator) return {};
  const tag = oneOf?.[0]?.properties?.[discriminator.propertyName];
  return { [discriminator.propertyName]: tag?.const ?? tag?.enum?.[0] ?? '' };
}
