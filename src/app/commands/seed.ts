import { CommandError, optionsOf } from '#app/command-error.ts';
import { provideUpToDateDatabase } from '#app/database-setup.ts';
import { demoPassword, findDemoAccounts } from '#app/demo/accounts.ts';
import { loadDemoAcademy, type LoadOutcome } from '#app/demo/load.ts';
import { openDeps } from '#app/deps.ts';
import { readSettings } from '#app/settings.ts';
import { allowsDemoData, type Config } from '#platform/config/config.ts';
import { createLogger } from '#platform/log.ts';

/** `seed`: loads the demo academy by hand. With `--if-empty` a database with people in it is left as it is. */
export async function seedCommand(args: string[]): Promise<void> {
  const options = optionsOf(args, { 'if-empty': { type: 'boolean' } });
  const { config } = await readSettings();
  if (!allowsDemoData(config)) throw new CommandError(refusalOf(config));
  const log = createLogger({ level: 'warn', service: 'seed', version: config.version });
  const database = await provideUpToDateDatabase(config, log);
  try {
    const open = openDeps({ config, databaseUrl: database.url, log, role: 'api' });
    try {
      // Loading adds jobs, which needs the engine, not a worker.
      await open.engine.start();
      const outcome = await loadDemoAcademy(open.deps);
      if (outcome === 'notEmpty' && options['if-empty'] === true) {
        process.stdout.write('There are people in the database already; it stays as it is.\n');
        return;
      }
      refuse(outcome);
      const accounts = await findDemoAccounts(open.deps);
      process.stdout.write(
        `Loaded the demo academy. Sign in as ${accounts.join(', ')} with ${demoPassword}.\n`,
      );
      process.stdout.write('Certificates are made by a worker; "all" has one.\n');
    } finally {
      await open.close();
    }
  } finally {
    await database.stop();
  }
}

function refusalOf({ environment }: Config): string {
  const reason = 'Everybody in the demo academy has a well-known password.';
  return environment === 'staging' || environment === 'production'
    ? `${reason} It is never loaded where ENVIRONMENT is ${environment}.`
    : `${reason} Set DEMO_MODE=true to load it into an empty database.`;
}

function refuse(outcome: LoadOutcome): void {
  if (outcome === 'notEmpty') {
    throw new CommandError(
      'There are people in the database already. The demo academy goes only into an empty one.',
    );
  }
  if (outcome === 'busy')
    throw new CommandError('Another process is loading the demo academy at this moment.');
}
