import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, suite, test } from 'node:test';
import { text } from 'node:stream/consumers';
import { createTestDatabase, type TestDatabase } from '#test/database.ts';

// Notes every module that Node loads, of either kind, and prints at the end those that draw PDFs and pictures, speak to Azure, or trace.
const watch = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
  process.on('exit', () => {
    const drawing = loaded.filter((url) => /node_modules\\/(pdfkit|fontkit|qrcode|bidi-js|sharp|nodemailer)\\//.test(url));
    const azure = loaded.filter((url) => /node_modules\\/@azure\\//.test(url));
    // Not its interface of a few empty functions, which the job engine and the metrics load.
    const tracing = loaded.filter((url) => /node_modules\\/@opentelemetry\\/(?!api\\/)/.test(url));
    const counts = { all: loaded.length, drawing: drawing.length, azure: azure.length, tracing: tracing.length };
    process.stderr.write('\\nLOADED ' + JSON.stringify(counts) + '\\n');
  });
`)}`;

suite('what the API process loads', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  const loadedBy = async (args: string[], endsAfter?: string) => {
    const child = spawn(process.execPath, ['--import', watch, ...args], {
      env: {
        PATH: process.env['PATH'],
        ENVIRONMENT: 'test',
        DATABASE_URL: database.url,
        HOST: '127.0.0.1',
        PORT: '0',
        SECRET_KEY: '9f2c4b7e1d8a3065b1c7d94e20f8a6537c1e',
        NODE_DISABLE_COMPILE_CACHE: '1',
        LMS_TEST_FOLDER: process.env['LMS_TEST_FOLDER'],
        LMS_TEST_PID: process.env['LMS_TEST_PID'],
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const isFirst = endsAfter !== undefined && !output.includes(endsAfter);
      output += chunk.toString();
      // Once: a second signal would end it without ceremony.
      if (isFirst && output.includes(endsAfter)) child.kill('SIGTERM');
    });
    const [errors] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    clearTimeout(timer);
    const [, counts] = /LOADED (.*)/.exec(errors) ?? [];
    assert.ok(counts, `${output}\n${errors}`);
    return { output, ...(JSON.parse(counts) as Record<'all' | 'drawing' | 'azure' | 'tracing', number>) };
  };

  test('a program that draws, speaks to Azure or traces is found out', async () => {
    const script = `await Promise.all([import('pdfkit'), import('@azure/storage-blob'), import('@opentelemetry/sdk-trace')])`;
    const { drawing, azure, tracing } = await loadedBy(['--input-type=module', '--eval', script]);
    assert.ok(drawing >= 1, String(drawing));
    assert.ok(azure >= 1, String(azure));
    assert.ok(tracing >= 1, String(tracing));
  });

  test('the API starts and stops without anything that draws PDFs and pictures, speaks to Azure or traces', async () => {
    const { all, drawing, azure, tracing, output } = await loadedBy(['src/main.ts', 'api'], 'api runs');
    assert.match(output, /api runs/);
    assert.ok(all > 100, String(all));
    assert.deepEqual([drawing, azure, tracing], [0, 0, 0]);
  });
});
