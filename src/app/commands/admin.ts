import { createUser } from '#features/identity/commands/create-user.ts';
import { minPasswordLength } from '#features/identity/password-rules.ts';
import { newUserBody } from '#features/identity/schemas.ts';
import { CommandError, optionsOf, usageError } from '#app/command-error.ts';
import { provideUpToDateDatabase } from '#app/database-setup.ts';
import { openDeps, type OpenDeps } from '#app/deps.ts';
import { readSettings } from '#app/settings.ts';
import { problemOfDatabaseError } from '#platform/db/errors.ts';
import { AppError } from '#platform/errors.ts';
import { createAjv } from '#platform/http/validation.ts';
import { createLogger } from '#platform/log.ts';

const usage = 'Use "lms admin create --email=ADDRESS --name=NAME", with the password on standard input.';

type NewAdmin = { email: string; name: string; password: string; role: 'admin' };

/**
 * `admin create`: the first admin, since there is no way to one over HTTP. On the embedded database too, whether
 * the system runs or not.
 */
export async function adminCommand(args: string[]): Promise<void> {
  const [verb, ...rest] = args;
  if (verb !== 'create') throw usageError(usage);
  const { email, name } = optionsOf(rest, { email: { type: 'string' }, name: { type: 'string' } });
  if (!email || !name) throw usageError(usage);
  const input: NewAdmin = { email, name, password: await readPassword(), role: 'admin' };
  checkInput(input);
  const { config } = await readSettings();
  const log = createLogger({ level: 'warn', service: 'admin', version: config.version });
  const database = await provideUpToDateDatabase(config, log);
  try {
    const open = openDeps({ config, databaseUrl: database.url, log, role: 'api' });
    try {
      const id = await create(open, input);
      process.stdout.write(`Made the admin ${email} (${id}).\n`);
    } finally {
      await open.close();
    }
  } finally {
    await database.stop();
  }
}

async function create({ deps, engine }: OpenDeps, input: NewAdmin): Promise<string> {
  try {
    // Events may add jobs.
    await engine.start();
    const audit = deps.audit.from({ kind: 'commandLine' });
    return (await createUser({ ...deps, audit }, null, input)).id;
  } catch (error) {
    const refusal = error instanceof AppError ? error : problemOfDatabaseError(error);
    // What is not the input's fault says more as it is.
    if (refusal === undefined || refusal.status >= 500) throw error;
    const { message, errors } = refusal;
    throw new CommandError([message, ...errors.map((reason) => reason.message)].join(' '));
  }
}

// What the API's schema would refuse is refused here too.
function checkInput(input: NewAdmin): void {
  const isValid = createAjv(false).compile(newUserBody);
  if (isValid(input)) return;
  const field = isValid.errors?.[0]?.instancePath.slice(1);
  if (field === 'password')
    throw new CommandError(
      `The password must have at least ${minPasswordLength} characters; give it on standard input.`,
    );
  throw new CommandError(`--${field} is not valid: ${isValid.errors?.[0]?.message}.`);
}

// Never an argument: other users of the machine can read those.
async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Password: ');
  let text = '';
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.split('\n', 1)[0]?.replace(/\r$/, '') ?? '';
}
