import { explainFailure } from '#app/explain-failure.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config/config.ts';
import { isPrivateHost } from '#platform/config/private-hosts.ts';
import type { Db } from '#platform/db/database.ts';
import { readServerFacts, type ServerFacts } from '#platform/db/doctor-queries.ts';
import { sqlStateOf } from '#platform/db/errors.ts';
import { readMigrations } from '#platform/db/migrate.ts';
import { readAppliedState } from '#platform/db/readiness-queries.ts';
import { checkClient } from './check-backups.ts';
import { failed, fine, warning, type Finding } from './finding.ts';
import { judgePostgres } from './versions.ts';

const skewOfNoteMs = 1_000;
const worstSkewMs = 30_000;

/** The server, the connection to it, its clock, the connections left, and the client that backs it up. `url`: where it was reached. */
export async function checkServer(
  db: Db,
  { config, url, clock }: { config: Config; url: string; clock: Clock },
): Promise<Finding[]> {
  try {
    // The first one connects; the time of the second is that of the answer alone.
    await readServerFacts(db);
    const before = clock.now().getTime();
    const facts = await readServerFacts(db);
    const skewMs = facts.now.getTime() - (before + clock.now().getTime()) / 2;
    return [
      judgePostgres(facts),
      checkEncryption(facts, url),
      checkSkew(skewMs),
      checkConnections(facts, config),
      ...(await checkClient(config, Math.floor(facts.versionNumber / 10_000))),
    ];
  } catch (error) {
    const [detail = ''] = explainFailure(error).split('\n');
    return [failed('database', detail, 'Nothing works without it; what follows of it cannot be looked at.')];
  }
}

function checkEncryption({ tls }: ServerFacts, url: string): Finding {
  if (tls !== null) return fine('database TLS', tls);
  const host = URL.parse(url)?.hostname ?? '';
  return isPrivateHost(host)
    ? fine('database TLS', 'none, on a private network')
    : warning('database TLS', `none, to ${host}`, 'End DATABASE_URL with ?sslmode=verify-full.');
}

function checkSkew(skewMs: number): Finding {
  const detail = `the database's clock is ${Math.abs(skewMs / 1000).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'} ours`;
  const advice = 'Let both machines take their time from a time server (chrony or systemd-timesyncd).';
  if (Math.abs(skewMs) >= worstSkewMs) return failed('clock', detail, advice);
  return Math.abs(skewMs) >= skewOfNoteMs ? warning('clock', detail, advice) : fine('clock', detail);
}

function checkConnections({ mostConnections, connections }: ServerFacts, config: Config): Finding {
  const left = mostConnections - connections;
  // The pool, two of the job engine, one that listens.
  const needed = config.databasePoolSize + 3;
  const detail = `${connections} of ${mostConnections} in use; a process takes up to ${needed}`;
  const advice =
    'Raise max_connections, lower DATABASE_POOL_SIZE or the number of processes, or put PgBouncer before the database.';
  return left < needed ? warning('connections', detail, advice) : fine('connections', detail);
}

/** Whether the schema is the one of this program. */
export async function checkMigrations(db: Db): Promise<Finding[]> {
  const advice = 'Run "lms migrate".';
  try {
    const [state, migrations] = await Promise.all([readAppliedState(db), readMigrations()]);
    const names = migrations.map(({ name }) => name);
    const missing = names.filter((name) => !state.migrations.includes(name));
    const foreign = state.migrations.filter((name) => !names.includes(name));
    if (missing.length > 0 || state.jobVersion === null) {
      const what = missing.length > 0 ? missing.join(', ') : 'the tables of the job engine';
      return [failed('migrations', `not applied: ${what}`, advice)];
    }
    if (foreign.length > 0) {
      return [
        warning(
          'migrations',
          `applied by a newer version: ${foreign.join(', ')}`,
          'Fine while a release is rolled out or taken back; else start the newer version.',
        ),
      ];
    }
    return [fine('migrations', `all ${names.length} applied`)];
  } catch (error) {
    if (['42P01', '3F000'].includes(sqlStateOf(error) ?? ''))
      return [failed('migrations', 'the database was never migrated', advice)];
    throw error;
  }
}
