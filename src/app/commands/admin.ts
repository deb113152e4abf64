import { createUser } from '#features/identity/commands/create-user.ts';
import { CommandError, optionsOf } from '#app/command-line.ts';
import { bringUpToDate, provideDatabase } from '#app/database-setup.ts';
import { openDeps } from '#app/deps.ts';
import { readSettings } from '#app/settings.ts';
import { AppError } from '#platform/errors.ts';
import { createLogger } from '#platform/log.ts';

const help = 'Usage: lms admin create --email=ADDRESS --name=NAME, with the password on standard input.';

/** `admin create`: the first admin. There is no way to one over HTTP. */
export async function adminCommand(args: string[]): Promise<void> {
  const [verb, ...rest] = args;
  if (verb !== 'create') throw new CommandError(help);
  const { email, name } = optionsOf(rest, { email: { type: 'string' }, name: { type: 'string' } });
  if (!email || !name) throw new CommandError(help);
  const password = await readPassword();
  const { config } = readSettings();
  const log = createLogger({ level: 'warn', service: 'admin', version: config.version });
  const database = await provideDatabase(config, log);
  try {
    if (database.isEmbedded) await bringUpToDate(database.url, log);
    const open = openDeps({ config, databaseUrl: database.url, log, role: 'api' });
    try {
      const user = await createUser(open.deps, null, { email, name, password, role: 'admin' });
      process.stdout.write(`Made the admin ${email} (${user.id}).\n`);
    } finally {
      await open.database.close();
    }
  } catch (error) {
    throw error instanceof AppError ? new CommandError([error.message, ...error.errors.map((reason) => reason.message)].join(' ')) : error;
  } finally {
    await database.stop();
  }
}

// Never an argument: other users of the machine can read those.
async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Password: ');
  let text = '';
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  const password = text.split('\n', 1)[0]?.replace(/\r$/, '') ?? '';
  if (password.length < 8) throw new CommandError('The password must have at least 8 characters. Give it on standard input.');
  return password;
}
