import { CommandError, optionsOf, usageError } from '#app/command-error.ts';
import { provideUpToDateDatabase } from '#app/database-setup.ts';
import { openDeps } from '#app/deps.ts';
import { renewStored, sum, type StoredRenewal } from '#app/stored-secrets/renew-stored.ts';
import { recordCommand } from '#app/record-command.ts';
import { readSources } from '#app/settings.ts';
import { loadConfig, type Config } from '#platform/config/config.ts';
import {
  changeKeys,
  KeyChangeError,
  keyNames,
  keySteps,
  usualKeyNames,
} from '#platform/config/key-change.ts';
import type { KeyChange, KeyName, KeyStep } from '#platform/config/key-change.ts';
import { hasBackups } from '#platform/backup/open-target.ts';
import { createLogger } from '#platform/log.ts';

const usage = `Use "lms secrets rotate|prepare|swap|reencrypt [--only=${keyNames.join('|')}]".`;

/**
 * `secrets rotate`, `prepare` and `swap` change the keys where they are kept in files, and else print what to set;
 * `secrets reencrypt` seals anew what the previous ENCRYPTION_KEY sealed. `docs/operations/secrets.md` says when to use
 * which.
 */
export async function secretsCommand(args: string[]): Promise<void> {
  const [verb = '', ...rest] = args;
  if (verb === 'reencrypt') {
    optionsOf(rest, {});
    return reencrypt();
  }
  const step = keySteps.find((known) => known === verb);
  if (step === undefined) throw usageError(usage);
  await change(step, namesIn(optionsOf(rest, { only: { type: 'string' } }).only));
}

function namesIn(only: string | undefined): readonly KeyName[] {
  if (only === undefined) return usualKeyNames;
  const names = keyNames.filter((name) => name === only);
  if (names.length > 0) return names;
  throw usageError(usage);
}

async function change(step: KeyStep, names: readonly KeyName[]): Promise<void> {
  const sources = await readSources();
  const { config } = loadConfig(sources);
  if (step === 'rotate' && names.includes('ENCRYPTION_KEY') && config.encryptionKeyPrevious !== null) {
    await refuseWhileNeeded(config);
  }
  if (step === 'rotate' && names.includes('BACKUP_KEY')) await refuseWhileBackupsNeed(config);
  try {
    report(changeKeys(sources, config, { names, step }), step, names);
    await recordCommand(config, { action: 'secret.rotated', after: { step, names } });
  } catch (error) {
    if (error instanceof KeyChangeError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

/** A key that is left out while values are sealed by it takes them with it. */
async function refuseWhileNeeded(config: Config): Promise<void> {
  const left = sum(await withStored(config, { isCounting: true }), 'renewed');
  if (left === 0) return;
  throw new CommandError(
    `${left} stored values need ENCRYPTION_KEY_PREVIOUS, which this would leave out: run "lms secrets reencrypt" first.`,
  );
}

/** The same of backups, which are not encrypted anew: the key is to be kept elsewhere as long as they are. */
async function refuseWhileBackupsNeed(config: Config): Promise<void> {
  if (config.backupKeyPrevious === null || !hasBackups(config)) return;
  const log = createLogger({ level: 'warn', service: 'secrets', version: config.version });
  const { findNeedOfPrevious } = await import('#features/backups/commands/find-need-of-previous.ts');
  const name = await findNeedOfPrevious(config, log);
  if (name === undefined) return;
  throw new CommandError(
    `The backup ${name} needs BACKUP_KEY_PREVIOUS, which this would leave out: keep a copy of it elsewhere for as long as backups of then are kept, remove the setting, and run this again.`,
  );
}

async function reencrypt(): Promise<void> {
  const { config } = loadConfig(await readSources());
  const done = await withStored(config, { isCounting: false });
  await recordCommand(config, { action: 'secret.reencrypted', after: { renewed: sum(done, 'renewed') } });
  for (const { name, counts } of done) {
    const { present, renewed, lost } = counts;
    const lostText = lost === 0 ? '' : `, ${lost} that no key opens`;
    process.stdout.write(`${name}: ${renewed} encrypted anew, ${present} were already${lostText}\n`);
  }
  if (sum(done, 'lost') > 0) {
    throw new CommandError(
      'Some values are opened by no key that is set. Set the key that made them as ENCRYPTION_KEY_PREVIOUS and run this again; if it is lost, give those webhooks new secrets. Kept answers go by themselves within a day.',
    );
  }
  if (config.encryptionKeyPrevious === null) return;
  process.stderr.write(
    'Nothing stored needs ENCRYPTION_KEY_PREVIOUS any more. Links in mails that were sent before may: docs/operations/secrets.md says for how long.\n',
  );
}

async function withStored(config: Config, how: { isCounting: boolean }): Promise<StoredRenewal> {
  const log = createLogger({ level: 'warn', service: 'secrets', version: config.version });
  const database = await provideUpToDateDatabase(config, log);
  try {
    const open = openDeps({ config, databaseUrl: database.url, log, role: 'api' });
    try {
      return await renewStored(open.deps, how);
    } finally {
      await open.close();
    }
  } finally {
    await database.stop();
  }
}

/** Keys alone go to standard output, so that they can be led into a file; what to do goes to standard error. */
function report({ toSet, written }: KeyChange, step: KeyStep, names: readonly KeyName[]): void {
  for (const [name, value] of toSet) process.stdout.write(`${name}=${value}\n`);
  const lines = [
    ...(toSet.length === 0
      ? []
      : ['Set these where the keys are set now (in Azure Key Vault SECRET_KEY is secret-key, and so on).']),
    ...(written.length === 0 ? [] : [`Written: ${written.join(', ')}.`]),
    'Restart every process: api, worker and scheduler.',
    ...(names.includes('BACKUP_KEY')
      ? ['Keep a copy of both keys of backups elsewhere: the old one as long as backups that it opens.']
      : []),
    ...(step === 'prepare' ? ['Then put the new keys to use: lms secrets swap'] : []),
    ...(step !== 'prepare' && names.includes('ENCRYPTION_KEY') ? ['Then: lms secrets reencrypt'] : []),
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}
