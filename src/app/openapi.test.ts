import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { loadConfig } from '#platform/config/config.ts';
import type { App } from '#platform/http/types.ts';
import { createLogger } from '#platform/log.ts';
import { openDeps, type OpenDeps } from './deps.ts';
import { apiDocument } from './openapi.ts';
import { createServer } from './server.ts';

type Answer = { description: string; headers?: Record<string, { $ref: string }> };
type Operation = {
  operationId: string;
  requestBody?: object;
  security: object[];
  parameters?: { name: string }[];
  responses: Record<string, Answer>;
};
type Document = {
  info: { description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { headers: Record<string, unknown> };
};
type Properties = Record<string, { description?: string } | undefined>;

/** The properties of every object in a part of a document, and in what it refers to. */
function* objectsIn(part: unknown, document: Document, seen = new Set<string>()): Generator<Properties> {
  if (typeof part !== 'object' || part === null) return;
  const { $ref: ref, properties } = part as { $ref?: unknown; properties?: Properties };
  if (typeof ref === 'string') {
    if (seen.has(ref)) return;
    const referred = ref.split('/').slice(1);
    const target = referred.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document);
    yield* objectsIn(target, document, seen.add(ref));
  }
  if (typeof properties === 'object') yield properties;
  for (const each of Object.values(part)) yield* objectsIn(each, document, seen);
}

suite('the OpenAPI document', () => {
  let open: OpenDeps;
  let app: App;
  let document: Document;
  let operations: Map<string, Operation>;
  before(async () => {
    const databaseUrl = 'postgresql://127.0.0.1:1/none';
    const env = { ENVIRONMENT: 'test', DATABASE_URL: databaseUrl };
    const { config } = loadConfig({ env, cwd: import.meta.dirname });
    const log = createLogger({ level: 'silent', service: 'test', version: 'test' });
    open = openDeps({ config, databaseUrl, log, role: 'api' });
    app = await createServer(open);
    await app.ready();
    document = JSON.parse(apiDocument(app)) as Document;
    const all = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    operations = new Map(all.map((each) => [each.operationId, each]));
  });
  after(async () => {
    await app.close();
    await open.close();
  });
  const named = (id: string) => operations.get(id) ?? assert.fail(id);
  const headersOf = (id: string, status: string) => Object.keys(named(id).responses[status]?.headers ?? {});

  test('lists 429 wherever a limit holds, with the header that says how long to wait', () => {
    const unlimited = [...operations].filter(([, { responses }]) => !responses['429']).map(([id]) => id);
    assert.deepEqual(unlimited.toSorted(), ['getHealth', 'getReadiness']);
    for (const id of operations.keys()) {
      assert.ok(headersOf(id, '503').includes('Retry-After'), id);
      if (!unlimited.includes(id)) assert.ok(headersOf(id, '429').includes('Retry-After'), id);
    }
  });

  test('describes the headers of an authored thing, of a made one and of limits, and each of them once', () => {
    assert.deepEqual(headersOf('createCourse', '201'), ['ETag', 'Location', 'RateLimit', 'RateLimit-Policy']);
    assert.deepEqual(headersOf('getCourse', '200'), ['ETag', 'RateLimit', 'RateLimit-Policy']);
    assert.ok(named('getCourse').responses['304']);
    assert.ok(headersOf('getFileContent', '206').includes('Content-Range'));
    const used = JSON.stringify(document).matchAll(/#\/components\/headers\/(\w+)/g);
    assert.deepEqual(
      [...new Set([...used].map(([, name]) => name))].toSorted(),
      Object.keys(document.components.headers).toSorted(),
    );
  });

  test('says of every answer what it means', () => {
    const mute = [...operations].flatMap(([id, { responses }]) =>
      Object.entries(responses)
        .filter(([, { description }]) => ['', 'A problem.', 'Default Response'].includes(description))
        .map(([status]) => `${id} ${status}`),
    );
    assert.deepEqual(mute, []);
  });

  test('shows no lock where who calls makes no difference, and no 401 where a bad token counts as none', () => {
    for (const id of ['login', 'register', 'requestPasswordReset', 'verifyCertificate', 'getHealth'])
      assert.deepEqual(named(id).security, [], id);
    const byCookie = { accessCookie: [], csrfToken: [] };
    const byRefreshCookie = { refreshCookie: [], csrfToken: [] };
    assert.deepEqual(named('getCourse').security, [{}, { accessToken: [] }, { accessCookie: [] }]);
    assert.deepEqual(named('refresh').security, [{}, byRefreshCookie]);
    assert.deepEqual(named('logout').security, [{}, { accessToken: [] }, byCookie, byRefreshCookie]);
    assert.deepEqual(named('getMe').security, [{ accessToken: [] }, { accessCookie: [] }]);
    assert.deepEqual(named('updateMe').security, [{ accessToken: [] }, byCookie]);
    assert.deepEqual(named('getCsrfToken').security, [{ refreshCookie: [] }]);
    assert.equal(named('register').responses['401'], undefined);
    assert.ok(named('login').responses['401']);
    assert.match(document.info.description, /\/auth\/login/);
  });

  test('every field of Markdown in an answer has its HTML beside it, and whatever is written as Markdown is shown so', () => {
    const isMarkdown = (of: Properties, name: string) => /^Markdown\b/.test(of[name]?.description ?? '');
    const shown = new Set<string>();
    for (const [id, { responses }] of operations) {
      for (const properties of objectsIn(responses, document)) {
        const names = Object.keys(properties);
        for (const name of names.filter((each) => isMarkdown(properties, each))) {
          assert.ok(properties[`${name}Html`], `${id}: ${name} without ${name}Html`);
          shown.add(name);
        }
        for (const name of names.filter((each) => each.endsWith('Html')))
          assert.ok(isMarkdown(properties, name.slice(0, -4)), `${id}: ${name} without its Markdown`);
      }
    }
    const written = new Set<string>();
    for (const { requestBody } of operations.values()) {
      for (const properties of objectsIn(requestBody, document))
        for (const name of Object.keys(properties)) if (isMarkdown(properties, name)) written.add(name);
    }
    assert.deepEqual([...written].toSorted(), [...shown].toSorted());
    assert.ok(shown.size >= 5, [...shown].join());
  });

  test('offers an Idempotency-Key where one counts, and not for an upload', () => {
    const takes = (id: string) =>
      named(id).parameters?.some(({ name }) => name === 'Idempotency-Key') ?? false;
    assert.deepEqual(['createCourse', 'uploadFile', 'login', 'getMe'].map(takes), [
      true,
      false,
      false,
      false,
    ]);
    assert.equal(named('uploadFile').responses['422'], undefined);
  });
});
