import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { createClient } from '#test/client.ts';
import { contentOf, uploadBytes } from '#test/faults/backup/contents.ts';
import { goOn } from '#test/faults/backup/drill.ts';
import { waitForInvariants } from '#test/invariants.ts';
import { buildCourse, joinCourse, learn, waitForCertificate } from '#test/loop.ts';
import { startSmtpServer, type SmtpServer } from '#test/smtp.ts';
import { buildImage, docker, noEngine, root, run, runName } from './docker.ts';
import { makeStaff } from './people.ts';
import { mustRun, startStack, type Stack } from './stack.ts';

const image = `${runName}:backed-up`;
const mailPort = 2525;

/** The commands below a heading of the page on backups, one a line. */
function commandsBelow(heading: string): string[] {
  const page = readFileSync(path.join(root, 'docs/operations/backup.md'), 'utf8');
  const [, after = ''] = page.split(`\n### ${heading}\n`);
  const block = /```sh\n([^]*?)```/.exec(after)?.[1] ?? assert.fail(`no commands below ${heading}`);
  return block.trim().split('\n');
}

/** Without the tables of what went on since the backup: the engine of the jobs, and somebody who asked for figures. */
function settledOf(content: Record<string, string>): Record<string, string> {
  const entries = Object.entries(content);
  return Object.fromEntries(entries.filter(([table]) => !/^pgboss\.|^public\.figure_cache$/.test(table)));
}

suite('backups of production compose, as the page on them says', { skip: noEngine }, () => {
  let stack: Stack;
  let smtp: SmtpServer;
  before(async () => {
    await buildImage(image);
    stack = await startStack({
      file: 'compose.prod.yaml',
      image,
      settings: (gateway) => ({
        PUBLIC_URL: 'https://localhost',
        SMTP_HOST: gateway,
        SMTP_PORT: String(mailPort),
        SMTP_USE_TLS: 'false',
        EMAIL_FROM: 'learn@lms.example.com',
        // Who registers goes on learning at once.
        REQUIRE_EMAIL_VERIFICATION_FOR_LOGIN: 'false',
      }),
    });
    smtp = await startSmtpServer({ host: stack.gateway, port: mailPort });
  });
  after(async () => {
    await stack.stop();
    await smtp.stop();
    await run('docker', ['image', 'rm', '--force', image]);
  });

  /** Runs commands of the page; `dc` is this stack's compose. */
  async function follow(commands: readonly string[]): Promise<string> {
    const script = ['dc() { docker compose "$@"; }', ...commands].join('\n');
    const { status, stdout, stderr } = await run('sh', ['-ec', script], { env: stack.env });
    assert.equal(status, 0, `${script}\n${stdout}${stderr}`);
    return stdout;
  }
  /** Of every file that the program keeps, as the worker sees them. */
  const checksums = () =>
    stack.compose([
      ...['run', '--rm', '--no-deps', '-T', '--entrypoint', 'sh', 'worker', '-c'],
      'cd /app/data/uploads && find . -type f | sort | xargs sha256sum',
    ]);

  test('without a setting of its own: one is made, verified, told by the figures; and all volumes but its own are lost and restored', async (t) => {
    const { api, teacherToken } = await makeStaff(stack);
    const course = await buildCourse(api, teacherToken, 'Backed up');
    const fileId = await uploadBytes(stack.baseUrl, teacherToken, 3_000_000);
    const learners = [await joinCourse(api, course, 'First'), await joinCourse(api, course, 'Second')];
    for (const learner of learners) {
      await learn(api, course, learner);
      await waitForCertificate(api, learner, 60_000);
    }
    await waitForInvariants(await stack.databaseUrl(), 60_000);

    const said = await follow(commandsBelow('Try it'));
    assert.match(
      said,
      /^Made lms-\d{8}t\d{6}z\.age: [^]*can be restored: \d+ rows of PostgreSQL 17, 3 files/m,
    );
    const [scheduler] = await stack.containers('scheduler');
    const figures = await (await fetch(`${stack.addressOf(scheduler!, 9100)}/metrics`)).text();
    assert.match(figures, /^lms_backup_configured 1$/m);
    // The limit of the container, not what is reserved for it.
    assert.match(figures, /^lms_memory_limit_bytes 536870912$/m);
    assert.match(figures, /^lms_backup_age_seconds \d/m);
    assert.match(figures, /^lms_backup_verified_age_seconds \d/m);

    await stack.compose(['stop', 'api', 'worker', 'scheduler']);
    const database = settledOf(await contentOf(await stack.databaseUrl()));
    const files = await checksums();
    assert.equal(files.split('\n').length, 3);

    // That is noted, too, after the backup. A key that is changed opens what comes after; the one before, what there is.
    await mustRun('deploy/secrets.sh', ['rotate', '--only=BACKUP_KEY'], stack.env);

    await stack.compose(['down']);
    await docker([
      'volume',
      'rm',
      ...['database', 'data', 'redis'].map((name) => `${stack.project}_${name}`),
    ]);
    const commands = commandsBelow('With the compose files');
    const start = commands.pop() ?? '';
    assert.match(await follow(commands), /is restored: \d+ rows of PostgreSQL 17, 3 files/);
    assert.equal(await checksums(), files);
    assert.deepEqual(settledOf(await contentOf(await stack.databaseUrl())), database);

    await follow([start]);
    const port = (await stack.compose(['port', 'proxy', '443'])).split(':').at(-1);
    const baseUrl = `https://localhost:${port}/api/v1`;
    await goOn(baseUrl, course, learners);
    const login = { email: 'teacher@example.com', password: 'a-teachers-phrase' };
    const { body } = await createClient(baseUrl).post('/auth/login', login);
    const { status } = await createClient(baseUrl).get(`/files/${fileId}/content`, body.accessToken);
    assert.equal(status, 200);
    await stack.compose(['exec', '-T', 'worker', 'node', 'src/main.ts', 'backup']);
    t.diagnostic(`${files.split('\n').length} files`);
  });
});
