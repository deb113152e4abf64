import swagger from '@fastify/swagger';
import type { Config } from '#platform/config/config.ts';
import { scopeOf } from '#platform/auth/scopes.ts';
import { sendsKeyword, type Sent } from '#platform/http/operation.ts';
import type { App } from '#platform/http/types.ts';
import { headerComponents, routeKey, type RouteFacts } from './openapi-answers.ts';
import { browserSchemes, permissionOf, securityOf } from './openapi-security.ts';
import { describeWebhooks } from './openapi-webhooks.ts';
import { docsRoutes } from './routes/docs.ts';
import { demoNotices } from './demo/banner.ts';
import { eventCatalogue } from './event-types.ts';
import { nameSchemas, type Json } from './openapi-names.ts';
import { tidyDocument } from './openapi-tidy.ts';

const description = `Conventions for every operation: JSON in camelCase; ids are UUIDv7; times are RFC 3339 in UTC.
Unknown fields are refused. Lists answer \`{items, nextCursor}\`. Failures are \`application/problem+json\` (RFC 9457)
with a stable \`code\`. \`POST\` takes an \`Idempotency-Key\`; authored things carry an \`ETag\` for \`If-Match\`.

To sign in, \`POST /auth/login\` (or \`/auth/register\`) and send its \`accessToken\` as \`Authorization: Bearer …\`; here, press
Authorize and paste it. It lasts \`expiresIn\` seconds, 15 minutes unless set otherwise; \`POST /auth/refresh\` exchanges the
\`refreshToken\`, which works once, for a new pair. Pages sign in with \`session: "cookie"\` instead, hold no tokens, and send
\`X-CSRF-Token\` (\`GET /auth/csrf\`) with whatever is no GET.`;

const tags = [
  { name: 'Sign-in', description: 'Accounts and sessions.' },
  { name: 'Me', description: 'What is yours.' },
  { name: 'Second factors', description: 'Authenticator app, passkeys and recovery codes.' },
  { name: 'API keys', description: 'By which programs act for a person.' },
  { name: 'Users', description: 'People, for admins.' },
  { name: 'Acting as another', description: 'By which admins see what another person sees.' },
  { name: 'Roles', description: 'Custom roles: what people may do beyond their role.' },
  { name: 'Groups', description: 'People across courses, and the roles that they have by it.' },
  { name: 'Imports', description: 'People and enrollments from CSV files.' },
  { name: 'Tasks', description: 'Long operations: how far they are.' },
  { name: 'Institution', description: 'What holds for everybody, for admins.' },
  { name: 'Single sign-on', description: 'Providers that people can sign in by, for admins.' },
  { name: 'SCIM', description: 'What a directory calls to bring people and groups (RFC 7643 and 7644).' },
  { name: 'Courses', description: 'The catalogue and its authoring.' },
  { name: 'Lessons', description: 'Sections and lessons.' },
  { name: 'Enrollments', description: 'Who takes which course.' },
  { name: 'Progress', description: 'How far learners came.' },
  { name: 'Quizzes', description: 'Quizzes and their questions.' },
  { name: 'Attempts', description: 'Attempts at quizzes, and their grades.' },
  { name: 'Files', description: 'Files that people upload, and pictures made from them.' },
  { name: 'Certificates', description: 'Certificates and their verification.' },
  { name: 'Notifications', description: 'What people are told of, and how.' },
  { name: 'Events', description: 'What happened, for admins: the change feed.' },
  { name: 'Webhooks', description: 'Endpoints that events are sent to, for admins.' },
  { name: 'Privacy', description: 'Erasures and their receipts.' },
  { name: 'Audit trail', description: 'Privileged and security-relevant acts, for admins.' },
  { name: 'Operation', description: 'Health, queues and jobs.' },
];

/** Collects the routes that follow into the OpenAPI 3.1 document; serves it, and `/docs` to read it. */
export async function documentApi(app: App, config: Config): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'LMS API',
        version: '1',
        description: config.demoMode ? `**${demoNotices.en}**\n\n${description}` : description,
      },
      servers: [{ url: '/' }],
      tags,
      components: {
        headers: headerComponents,
        securitySchemes: {
          accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          ...browserSchemes,
          scimToken: { type: 'http', scheme: 'bearer' },
          streamTicket: { type: 'apiKey', in: 'query', name: 'ticket' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const { [sendsKeyword]: sends = [], ...rest } = schema as Record<string, unknown> & {
        [sendsKeyword]?: Sent[];
      };
      const { limit, isUpload = false, signsIn = false, needsStepUp, protocol } = route.config ?? {};
      const facts: RouteFacts = {
        isLimited: limit !== 'none',
        isUpload,
        signsIn,
        needsStepUp: needsStepUp !== undefined,
        sends,
        ...(protocol && { mediaType: protocol.mediaType }),
      };
      const scope = route.config?.ignoresCaller ? undefined : scopeOf(String(route.method), schema?.tags);
      return {
        schema: {
          ...rest,
          ...(scope !== undefined && { 'x-api-key-scope': scope }),
          ...permissionOf(route.config),
          // What is sent, or what it is about, may decide.
          ...(needsStepUp !== undefined && {
            'x-needs-step-up': needsStepUp === true ? 'always' : 'sometimes',
          }),
          security: securityOf(String(route.method), route.config ?? {}),
          [routeKey]: facts,
        },
        url,
      };
    },
  });
  const document = lazily(() => apiDocument(app));
  const hidden = { schema: { hide: true }, config: { access: 'public', ignoresCaller: true } } as const;
  if (!config.enableApiDocs) return;
  app.get(`${config.apiV1Prefix}/openapi.json`, hidden, async (_request, reply) =>
    reply.type('application/json').send(document()),
  );
  docsRoutes(app, `${config.apiV1Prefix}/openapi.json`);
}

/** The document as text, the same for the same code: what `lms openapi` prints. */
export function apiDocument(app: App): string {
  const document: Json = {
    ...(app.swagger() as unknown as Json),
    webhooks: describeWebhooks(eventCatalogue),
  };
  return `${JSON.stringify(tidyDocument(nameSchemas(document) as Json), null, 2)}\n`;
}

function lazily(make: () => string): () => string {
  let made: string | undefined;
  return () => (made ??= make());
}
