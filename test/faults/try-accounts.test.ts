import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { launchProgram, startProgram, type Program } from '#test/program.ts';
import { createBrowser, fragmentOf, passThrough, type Browser } from '#test/sso/browser.ts';
import { waitFor } from '#test/wait.ts';

const root = path.join(import.meta.dirname, '../..');

type Academy = { program: Program; publicUrl: string; env: Record<string, string>; folder: string };

/** `npm start` as the pages have it, and a folder that looks like the project's. */
async function startAcademy(t: TestContext): Promise<Academy> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lms-by-the-page-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  for (const name of ['src', 'node_modules', 'migrations', 'package.json'])
    symlinkSync(path.join(root, name), path.join(folder, name));
  const env = { DATA_DIR: path.join(folder, '.data'), SSO_ALLOW_PRIVATE_ADDRESSES: 'true' };
  const program = await startProgram(t, ['all'], { env });
  const publicUrl = program.address.replace('127.0.0.1', 'localhost');
  return { program, publicUrl, env, folder };
}

/** What commands print, in the shell that the page names. */
async function follow({ env, folder }: Academy, commands: string, more: Record<string, string> = {}) {
  const PATH = `${path.dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  const shell = spawn('bash', ['-u'], { cwd: folder, env: { ...env, ...more, PATH, HOME: folder } });
  const said = { out: '', err: '' };
  shell.stdout.setEncoding('utf8').on('data', (text: string) => void (said.out += text));
  shell.stderr.setEncoding('utf8').on('data', (text: string) => void (said.err += text));
  shell.stdin.end(commands);
  await once(shell, 'close');
  return said;
}

test('what the pages tell one to try, in an academy that has just begun', async (t) => {
  const academy = await startAcademy(t);

  await t.test('each command of docs/try-accounts.md answers what stands behind it', async () => {
    const page = readFileSync(path.join(root, 'docs/try-accounts.md'), 'utf8');
    const commands = [...page.matchAll(/^```sh\n([^]*?)^```/gm)].map(([, block = '']) => block).join('');
    const { out, err } = await follow(
      academy,
      commands.replaceAll('http://localhost:8000', academy.publicUrl),
    );
    let at = 0;
    const promised = [...commands.matchAll(/# → (.*)$/gm)].map(([, text = '']) => text);
    assert.ok(promised.length > 30);
    for (const text of promised) {
      const found = out.indexOf(text, at);
      assert.ok(found >= 0, `"${text}" is not in what came next:\n${out.slice(at, at + 3_000)}\n${err}`);
      at = found;
    }
    assert.doesNotMatch(err, /^(?:400|404|409|429|5\d\d)$|command not found|unbound/m);
  });

  await t.test('npm run demo:idp prints commands by which one signs in by both protocols', async (inner) => {
    const { publicUrl, program } = academy;
    const providers = launchProgram(inner, [], {
      main: path.join(root, 'test/demo-identity-provider.ts'),
      env: { PUBLIC_URL: publicUrl, OIDC_PORT: '0', SAML_PORT: '0' },
    });
    await waitFor('it says what to do', () => providers.stdout().includes('3. Within a minute'), 60_000);
    const told = providers.stdout();
    const commands = [...told.matchAll(/^curl [^]*?\n\n/gm)].map(([command]) => command);
    const [addOidc = '', addSaml = ''] = commands;
    const login = { email: 'admin@example.com', password: 'Demo-pass-2026' };
    const TOKEN = (await post(`${program.baseUrl}/auth/login`, login)).accessToken as string;
    for (const command of [addOidc, addSaml])
      assert.match((await follow(academy, command, { TOKEN })).out, /"isActive":true/);

    const exchange = /^curl .*\/auth\/login\/exchanges [^]*$/m.exec(told)?.[0] ?? '';
    const [oidc = '', saml = ''] = told.match(/^http\S+codeChallenge=\S+$/gm) ?? [];
    const served = { address: program.address, open: { deps: { config: { publicUrl } } } };
    const browser = createBrowser(served);
    const begun = await browser.open(oidc);
    const codes = [
      fragmentOf(await passThrough(browser, begun.location, 'tomas'))['code'],
      fragmentOf(await bySaml(createBrowser(served), saml, 'sami'))['code'],
    ];
    const signedIn: string[] = [];
    for (const code of codes)
      signedIn.push((await follow(academy, exchange.replace('CODE', code ?? ''))).out);
    assert.match(signedIn[0] ?? '', /"name":"Tomás Teacher","role":"instructor"/);
    assert.match(signedIn[1] ?? '', /"name":"sami by SAML","role":"student"/);
  });
});

/** Goes through the pages of `startSamlPages` as this person; the whole address that it led back to. */
async function bySaml(browser: Browser, start: string, who: string): Promise<string> {
  const { location } = await browser.open(start);
  const { text } = await browser.open(`${location}&who=${who}`);
  const form = new URLSearchParams();
  for (const [, name = '', value = ''] of text.matchAll(/name="(\w+)" value="([^"]*)"/g))
    form.append(name, value);
  let at = (await browser.open(/action="([^"]+)"/.exec(text)?.[1] ?? '', form)).location;
  for (let steps = 0; steps < 5 && new URL(at).hash === ''; steps += 1)
    at = (await browser.open(at)).location;
  return at;
}

async function post(url: string, body: object) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as Record<string, unknown>;
}
