import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { App, Reply } from '#platform/http/types.ts';

const types: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** `/docs`: the document in Swagger UI, from the package's own files, nothing from elsewhere. */
export function docsRoutes(app: App, documentUrl: string): void {
  const folder = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const script = `SwaggerUIBundle({ url: ${JSON.stringify(documentUrl)}, dom_id: '#docs', deepLinking: true, displayRequestDuration: true, filter: true, tagsSorter: undefined, persistAuthorization: false });`;
  const policy = `default-src 'none'; script-src 'self' 'sha256-${sha256(script)}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'`;
  const hidden = { schema: { hide: true }, config: { access: 'public', ignoresCaller: true } } as const;
  app.get('/docs', hidden, async (_request, reply) =>
    reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(pageOf(script)),
  );
  for (const [name, type] of Object.entries(types)) {
    app.get(`/docs/${name}`, hidden, async (_request, reply): Promise<Reply> =>
      reply
        .type(type)
        .header('cache-control', 'public, max-age=86400')
        .send(createReadStream(path.join(folder, name))),
    );
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

function pageOf(script: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>LMS API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
<style>body { margin: 0; } .swagger-ui .topbar { display: none; } .notice { padding: 12px 20px; background: #fbf1dc; color: #7a4f00; font: 14px sans-serif; }</style>
</head>
<body>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script>${script}</script>
</body>
</html>
`;
}
