import { Type } from 'typebox';
import type { OpenDeps } from '#app/deps.ts';
import { createReadiness, parts } from '#app/readiness.ts';
import { named, object, oneOf } from '#platform/http/schema.ts';
import { operation } from '#platform/http/operation.ts';
import type { App } from '#platform/http/types.ts';

const tags = ['Operation'];
const check = object({
  status: oneOf(['ok', 'loading', 'failed', 'absent']),
  detail: Type.Optional(Type.String()),
});
const readinessSchema = named(
  'Readiness',
  object({
    status: oneOf(['ok', 'degraded', 'failed']),
    checks: object(Object.fromEntries(parts.map((part) => [part, check]))),
  }),
);

export function healthRoutes(app: App, open: OpenDeps): void {
  const config = { access: 'public', limit: 'none', ignoresCaller: true } as const;
  const living = operation('getHealth', 'Whether the process lives', {
    tags,
    response: { 200: named('Health', object({ status: oneOf(['ok']) })) },
    errors: [],
  });
  app.get('/health', { schema: living, config }, async () => ({ status: 'ok' as const }));

  const serving = operation('getReadiness', 'Whether it can serve, part by part', {
    tags,
    description:
      '503 only where the database, its migrations or the job engine fail, or the demo academy is being loaded; without Redis, the store of files or the mail server it is "degraded".',
    response: { 200: readinessSchema, 503: readinessSchema },
    errors: [],
  });
  const checkReadiness = createReadiness(open);
  app.get('/ready', { schema: serving, config }, async (_request, reply) => {
    const readiness = await checkReadiness();
    if (readiness.status === 'failed') reply.status(503).header('retry-after', '2');
    return reply.send(readiness);
  });
}
