import swagger from '@fastify/swagger';
import type { Config } from '#platform/config/config.ts';
import { optionalKeyword } from '#platform/http/schema.ts';
import type { App } from '#platform/http/types.ts';
import { docsRoutes } from './routes/docs.ts';
import { nameSchemas, type Json } from './openapi-names.ts';

const description = `Conventions for every operation: JSON in camelCase; ids are UUIDv7; times are RFC 3339 in UTC.
Unknown fields are refused. Lists answer \`{items, nextCursor}\`. Failures are \`application/problem+json\` (RFC 9457)
with a stable \`code\`. \`POST\` takes an \`Idempotency-Key\`; authored things carry an \`ETag\` for \`If-Match\`.`;

const tags = [
  { name: 'Sign-in', description: 'Accounts and sessions.' },
  { name: 'Me', description: 'What is yours.' },
  { name: 'Users', description: 'People, for admins.' },
  { name: 'Courses', description: 'The catalogue and its authoring.' },
  { name: 'Lessons', description: 'Sections and lessons.' },
  { name: 'Enrollments', description: 'Who takes which course.' },
  { name: 'Progress', description: 'How far learners came.' },
  { name: 'Quizzes', description: 'Quizzes and their questions.' },
  { name: 'Attempts', description: 'Attempts at quizzes, and their grades.' },
  { name: 'Certificates', description: 'Certificates and their verification.' },
  { name: 'Operation', description: 'Health, queues and jobs.' },
];

/** Collects the routes that follow into the OpenAPI 3.1 document; serves it, and `/docs` to read it. */
export async function documentApi(app: App, config: Config): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'LMS API', version: '1', description, license: { name: 'Proprietary' } },
      servers: [{ url: '/' }],
      tags,
      components: { securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    transform: ({ schema, url, route }) => {
      const access = route.config?.access;
      const security = access === 'public' ? [{}, { accessToken: [] }] : [{ accessToken: [] }];
      return { schema: { ...schema, security } as never, url };
    },
  });
  const document = lazily(() => apiDocument(app));
  const hidden = { schema: { hide: true }, config: { access: 'public' } } as const;
  if (!config.enableApiDocs) return;
  app.get(`${config.apiV1Prefix}/openapi.json`, hidden, async (_request, reply) => reply.type('application/json').send(document()));
  docsRoutes(app, `${config.apiV1Prefix}/openapi.json`);
}

/** The document as text, the same for the same code: what `lms openapi` prints. */
export function apiDocument(app: App): string {
  const document = app.swagger() as unknown as Json;
  return `${JSON.stringify(tidy(nameSchemas(document) as Json), null, 2)}\n`;
}

/** Lists in the query go by comma; a body is required unless marked; problems have their media type. */
function tidy(document: Json): Json {
  for (const path of Object.values(document['paths'] as Json)) {
    for (const each of Object.values(path as Json)) tidyOperation(each as Json);
  }
  return document;
}

function tidyOperation(each: Json): void {
  for (const parameter of (each['parameters'] ?? []) as Json[]) {
    const schema = parameter['schema'] as Json | undefined;
    if (parameter['in'] === 'query' && schema?.['type'] === 'array') Object.assign(parameter, { style: 'form', explode: false });
  }
  const body = each['requestBody'] as Json | undefined;
  if (body) tidyBody(body);
  for (const [status, response] of Object.entries(each['responses'] as Json)) tidyResponse(Number(status), response as Json);
}

function tidyBody(body: Json): void {
  const schema = ((body['content'] as Json)['application/json'] as Json)['schema'] as Json;
  const isOptional = schema[optionalKeyword] === true;
  delete schema[optionalKeyword];
  body['required'] = !isOptional;
}

function tidyResponse(status: number, response: Json): void {
  const content = response['content'] as Json | undefined;
  if (status === 204) delete response['content'];
  if (response['description'] === 'Default Response') response['description'] = status < 400 ? 'Done.' : 'A problem.';
  if (status >= 400 && content?.['application/json'] && isProblem(content['application/json'] as Json)) {
    response['content'] = { 'application/problem+json': content['application/json'] };
  }
}

function isProblem({ schema }: Json): boolean {
  return (schema as Json)['$ref'] === '#/components/schemas/Problem';
}

function lazily(make: () => string): () => string {
  let made: string | undefined;
  return () => (made ??= make());
}

