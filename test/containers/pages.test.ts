import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { noEngine, root, run, runName } from './docker.ts';

const image = `${runName}:by-the-page`;
const project = `${runName}-by-the-page`;

/** The blocks of commands that the page on containers marks as such, below a heading. */
function blocksBelow(heading: string): string[] {
  const page = readFileSync(path.join(root, 'docs/operations/containers.md'), 'utf8');
  const [, after = ''] = page.split(`\n## ${heading}\n`);
  const [section = ''] = after.split('\n## ');
  return [...section.matchAll(/```sh\n([^]*?)```/g)].map(([, block = '']) => block);
}

suite('production as the page on containers says, by somebody who is not root', { skip: noEngine }, () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lms-by-the-page-'));
    for (const name of ['compose.prod.yaml', 'compose.services.yaml', '.env.production.example'])
      cpSync(path.join(root, name), path.join(folder, name));
    cpSync(path.join(root, 'deploy'), path.join(folder, 'deploy'), { recursive: true });
  });
  after(async () => {
    await follow('docker compose --env-file .env.production -f compose.prod.yaml down --volumes --timeout 2');
    await run('docker', ['image', 'rm', '--force', image]);
    rmSync(folder, { recursive: true, force: true });
  });

  const env = {
    COMPOSE_PROJECT_NAME: project,
    LMS_SUBNET: `10.${213 + (process.pid % 40)}.201.0/24`,
    LMS_BIND: '127.0.0.1',
    LMS_HTTPS_PORT: '',
    LMS_HTTP_PORT: '',
    // Of a busy machine.
    LMS_HEALTH_TIMEOUT: '60s',
  };
  // Packages may be reached from the network of the machine alone, the source is here, and its port is any.
  const preparation = [
    'docker() {',
    `  if [ "$1" = build ]; then shift; set -- "$@" "${root}"; command docker build --quiet --network=host "$@"`,
    '  else command docker "$@"; fi',
    '}',
    'port() { docker compose --env-file .env.production -f compose.prod.yaml port proxy 443 | sed "s/.*://"; }',
  ].join('\n');

  /** Runs commands of the page as they stand there, but for the name of the image and the port. */
  async function follow(commands: string): Promise<string> {
    const asked = commands
      .replaceAll('lms-api:1.0.0', image)
      .replace('"$(git rev-parse HEAD)" .', 'of-a-test')
      .replaceAll('learn.example.edu:443', 'learn.example.edu:$(port)')
      .replace('https://learn.example.edu/', 'https://learn.example.edu:$(port)/');
    const script = `${preparation}\n${asked}`;
    const { status, stdout, stderr } = await run('sh', ['-ec', script], { env, cwd: folder });
    assert.equal(status, 0, `${script}\n${stdout}${stderr}`);
    return stdout;
  }

  test('prepared, filled in, started, with an admin and a doctor who finds nothing wrong', async () => {
    const [prepare = '', start = '', ...others] = blocksBelow('Production');
    assert.deepEqual(others, []);
    await follow(prepare);
    const file = path.join(folder, '.env.production');
    const filled = readFileSync(file, 'utf8')
      .replace(/^PUBLIC_URL=.*$/m, 'PUBLIC_URL=https://learn.example.edu')
      .replace(/^SMTP_HOST=.*$/m, 'SMTP_HOST=localhost')
      .replace(/^SMTP_USERNAME=.*\n/m, '')
      .replace(/^EMAIL_FROM=.*$/m, 'EMAIL_FROM=Learn <learn@example.edu>');
    assert.doesNotMatch(filled, /[<]\w+ [^>]*[>]$/m, 'nothing else is to be filled in');
    writeFileSync(file, filled);
    writeFileSync(path.join(folder, 'password-file'), 'a-password-of-an-admin\n');
    // Whoever owns the certificate, the proxy must read it.
    await run('chown', ['-R', '1234:1234', path.join(folder, 'secrets')]);
    // There is no mail server here, which the doctor says.
    const said = await follow(start.replace(/(src\/main\.ts doctor)$/m, '$1 || true'));
    assert.match(said, /Made the admin you@example\.edu/);
    assert.match(said, /^1 failed, /m);
    assert.match(said, /^FAILED +mail/m);
    assert.match(said, /^WARNING +backups +none yet in \/app\/backups$/m);
    assert.match(said, /\{"status":"(?:ok|degraded)","checks"/);
  });
});
