import { CommandError } from './command-error.ts';
import { explainFailure } from './explain-failure.ts';

const usage = `Usage: lms <role or command>

Roles
  all [--concurrency=4]        API, workers and scheduler in one process
  api                          HTTP on HOST:PORT
  worker [--queues=a,b] [--concurrency=4]
                               takes jobs; without --queues, all of them
  scheduler                    turns the clock into jobs; two never fire twice

Commands
  migrate                      brings the database up to this version
  seed [--if-empty]            loads the demo academy into an empty database
  admin create --email=ADDRESS --name=NAME
                               makes an admin, with the password on standard input
  backup [--list]              makes a backup now, or lists those that are there
  restore NAME [--verify] [--force]
                               puts a backup back into an empty database; NAME is that of a backup, a path,
                               or "latest". --verify only tries it, --force replaces what is there
  audit verify [--head=POSITION:HASH]
                               walks the chain of the audit trail, and says where it is broken
  doctor [--json]              looks at everything the program needs, and says what to do
  secrets rotate|prepare|swap|reencrypt
                               changes SECRET_KEY and ENCRYPTION_KEY
  check-config [--print-table|--print-env-example]
                               prints the settings in force, or why they do not hold;
                               or docs/settings.md, or .env.example
  health                       asks the role that runs on this machine whether it is ready
  openapi                      prints the OpenAPI document
`;

type Command = (args: string[]) => Promise<void>;

// Loaded when they are run: a command brings only what it needs.
const commands: Record<string, () => Promise<Command>> = {
  all: async () => (await import('./commands/run-role.ts')).roleCommand('all'),
  api: async () => (await import('./commands/run-role.ts')).roleCommand('api'),
  worker: async () => (await import('./commands/run-role.ts')).roleCommand('worker'),
  scheduler: async () => (await import('./commands/run-role.ts')).roleCommand('scheduler'),
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
  seed: async () => (await import('./commands/seed.ts')).seedCommand,
  admin: async () => (await import('./commands/admin.ts')).adminCommand,
  backup: async () => (await import('./commands/backup.ts')).backupCommand,
  restore: async () => (await import('./commands/restore.ts')).restoreCommand,
  health: async () => (await import('./commands/health.ts')).healthCommand,
  openapi: async () => (await import('./commands/openapi.ts')).openapiCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  secrets: async () => (await import('./commands/secrets.ts')).secretsCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  'check-config': async () => (await import('./commands/check-config.ts')).checkConfigCommand,
};

// What a failed command left open must not keep it alive.
const lingerMs = 2_000;

/**
 * Runs what the arguments name. Sets the exit status: 0, 1 for a failure, 2 for a command line that cannot be
 * followed. An expected failure is one clear line.
 */
export async function runCommand(argv: string[]): Promise<void> {
  // Whoever read the output may go away (`check-config | head`); what is left is for nobody.
  process.stdout.on('error', () => {});
  const [name = '', ...args] = argv;
  if (['help', '--help', '-h'].includes(name) || args.includes('--help')) {
    process.stdout.write(usage);
    return;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) {
    process.stderr.write(name === '' ? usage : `There is no role or command "${name}".\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  try {
    const command = await load();
    await command(args);
  } catch (error) {
    process.stderr.write(`${explainFailure(error)}\n`);
    process.exitCode = error instanceof CommandError ? error.exitStatus : 1;
    setTimeout(() => process.exit(), lingerMs).unref();
  }
}
